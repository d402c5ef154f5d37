// SPDX-License-Identifier: MIT
//
// math_gamma.h - the gamma function and its logarithm. Layer modules.
#ifndef TGI_MODULES_MATH_GAMMA_H
#define TGI_MODULES_MATH_GAMMA_H

double tgi_gamma(double x);  // NaN at the poles
double tgi_lgamma(double x); // log(|gamma(x)|); NaN at the poles

#endif
