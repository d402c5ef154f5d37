// SPDX-License-Identifier: MIT
//
// svg.c - drawing with SVG elements.
//
// Everything is attributes and classes: no style depends on a script or on the network, and the
// colours are variables of the page, so one picture serves light and dark.
//
// Threads     pure, apart from writing to the given file.
// Invariants  V1  Every number is finite and printed with one decimal: positions outside the
//                 picture are clamped to its surroundings.
#include "cli/ab/svg.h"

#include <math.h>   // log, floor, pow
#include <string.h> // strcspn

double tgi_ab_scale_map(const tgi_ab_scale *scale, double value)
{
    double part = scale->logarithmic ? log(value / scale->from) / log(scale->to / scale->from)
                                     : (value - scale->from) / (scale->to - scale->from);
    return scale->start + part * (scale->end - scale->start);
}

// The next larger one of 1, 2, 5, 10, 20, 50, ...
static double round_up(double value)
{
    double power = pow(10, floor(log10(value)));
    double digit = value / power;
    return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
}

static int linear_ticks(const tgi_ab_scale *scale, double distance, double *out)
{
    double pixels = fabs(scale->end - scale->start);
    double step = round_up((scale->to - scale->from) * distance / pixels);
    double first = ceil(scale->from / step - 1e-9);
    int count = 0;
    while (count < TGI_AB_MAX_TICKS && (first + count) * step <= scale->to + 1e-9 * step) {
        out[count] = (first + count) * step + 0.0; // never -0
        count++;
    }
    return count;
}

// Candidates from the most to the least wanted; one is taken if it is far enough from all others.
static int logarithmic_ticks(const tgi_ab_scale *scale, double distance, double *out)
{
    static const double wanted[] = {1,    2,   0.5,  4,   0.25, 1.5,  0.75, 10,   0.1, 1.2,
                                    0.8,  8,   0.9,  1.1, 3,    16,   1.05, 0.95, 20,  50,
                                    0.05, 100, 0.02, 5,   1.02, 0.98, 1.01, 0.99, 32,  64};
    int count = 0;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0] && count < TGI_AB_MAX_TICKS; i++) {
        if (wanted[i] < scale->from || wanted[i] > scale->to)
            continue;
        bool room = true;
        for (int k = 0; k < count; k++) {
            double apart = tgi_ab_scale_map(scale, wanted[i]) - tgi_ab_scale_map(scale, out[k]);
            room = room && fabs(apart) >= distance;
        }
        if (room)
            out[count++] = wanted[i];
    }
    return count;
}

int tgi_ab_scale_ticks(const tgi_ab_scale *scale, double distance, double out[TGI_AB_MAX_TICKS])
{
    return scale->logarithmic ? logarithmic_ticks(scale, distance, out)
                              : linear_ticks(scale, distance, out);
}

void tgi_ab_escape(FILE *to, const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        switch (*at) {
        case '&':
            fputs("&amp;", to);
            break;
        case '<':
            fputs("&lt;", to);
            break;
        case '>':
            fputs("&gt;", to);
            break;
        case '"':
            fputs("&quot;", to);
            break;
        default:
            // XML has no way to write the other control characters.
            if ((unsigned char)*at < 32 || *at == 127)
                fputc(' ', to);
            else
                fputc(*at, to);
        }
    }
}

void tgi_ab_svg_open(FILE *to, double width, double height, const char *label)
{
    fprintf(to,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" "
            "width=\"100%%\" style=\"max-width:%.0fpx\" role=\"img\" aria-label=\"",
            width, height, width);
    tgi_ab_escape(to, label);
    fputs("\">\n", to);
}

void tgi_ab_svg_close(FILE *to)
{
    fputs("</svg>\n", to);
}

// V1.
static double clamped(double position)
{
    return isfinite(position) ? fmax(-1e5, fmin(1e5, position)) : 0;
}

void tgi_ab_svg_line(FILE *to, const char *style, double x1, double y1, double x2, double y2)
{
    fprintf(to, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n", style,
            clamped(x1), clamped(y1), clamped(x2), clamped(y2));
}

void tgi_ab_svg_text(FILE *to, const char *style, const char *anchor, double x, double y,
                     const char *text)
{
    fprintf(to, "<text class=\"%s\" text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">", style, anchor,
            clamped(x), clamped(y));
    tgi_ab_escape(to, text);
    fputs("</text>\n", to);
}

void tgi_ab_svg_mark(FILE *to, int shape, bool hollow, double x, double y, const char *tooltip)
{
    static const char *const paths[TGI_AB_SHAPES] = {
        "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z", // circle
        "M-4 -4h8v8h-8z",                                // square
        "M0 -5l5 9h-10z",                                // triangle
        "M0 -5.5l5.5 5.5l-5.5 5.5l-5.5 -5.5z",           // diamond
        "M0 5l5 -9h-10z",                                // triangle on its head
    };
    fprintf(to, "<path class=\"c%d %s\" transform=\"translate(%.1f %.1f)\" d=\"%s\"><title>",
            shape % TGI_AB_SHAPES, hollow ? "hollow" : "full", clamped(x), clamped(y),
            paths[shape % TGI_AB_SHAPES]);
    tgi_ab_escape(to, tooltip);
    fputs("</title></path>\n", to);
}

void tgi_ab_spread_labels(double *at, int count, double distance, double low, double high)
{
    int order[8];
    for (int i = 0; i < count; i++) {
        int k = i;
        for (; k > 0 && at[order[k - 1]] > at[i]; k--)
            order[k] = order[k - 1];
        order[k] = i;
    }
    // Down from the top, then back up from the bottom if the last ones were pushed out.
    for (int i = 0; i < count; i++) {
        double least = i == 0 ? low : at[order[i - 1]] + distance;
        at[order[i]] = fmax(at[order[i]], least);
    }
    for (int i = count; i-- > 0;) {
        double most = i == count - 1 ? high : at[order[i + 1]] - distance;
        at[order[i]] = fmin(at[order[i]], most);
    }
}
