// SPDX-License-Identifier: MIT
//
// export.h - visibility of public symbols.
#ifndef TOGIL_EXPORT_H
#define TOGIL_EXPORT_H

#if defined(__GNUC__)
#define TG_API __attribute__((visibility("default")))
#else
#define TG_API
#endif

#endif
