// SPDX-License-Identifier: MIT
//
// svg.h - drawing with SVG elements: scales, axes, marks, labels. What is drawn is in charts.c.
#ifndef TGI_CLI_AB_SVG_H
#define TGI_CLI_AB_SVG_H

#include <stdbool.h> // bool
#include <stdio.h>   // FILE

// A rectangle of the picture and the numbers it stands for.
typedef struct tgi_ab_scale {
    double from, to;   // numbers
    double start, end; // pixels
    bool logarithmic;
} tgi_ab_scale;

#define TGI_AB_MAX_TICKS 16

double tgi_ab_scale_map(const tgi_ab_scale *scale, double value);

// Round numbers inside the scale, at least `distance` pixels apart; returns how many.
int tgi_ab_scale_ticks(const tgi_ab_scale *scale, double distance, double out[TGI_AB_MAX_TICKS]);

// Text with what XML does not allow escaped; for element content and for attributes.
void tgi_ab_escape(FILE *to, const char *text);

void tgi_ab_svg_open(FILE *to, double width, double height, const char *label);
void tgi_ab_svg_close(FILE *to);

// Classes are those of the page's style sheet.
void tgi_ab_svg_line(FILE *to, const char *style, double x1, double y1, double x2, double y2);
void tgi_ab_svg_text(FILE *to, const char *style, const char *anchor, double x, double y,
                     const char *text);

// A mark of one of five shapes in the colour of that number, with its tooltip. Hollow marks are
// measurements with more threads than cores.
#define TGI_AB_SHAPES 5
void tgi_ab_svg_mark(FILE *to, int shape, bool hollow, double x, double y, const char *tooltip);

// Moves labels apart so that neighbours are at least `distance` away from each other, changing
// their order nowhere. at[i] are positions; count <= 8.
void tgi_ab_spread_labels(double *at, int count, double distance, double low, double high);

#endif
