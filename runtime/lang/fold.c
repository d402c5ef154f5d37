// SPDX-License-Identifier: MIT
//
// fold.c - operations on constants are done once, by the compiler.
//
// Only what cannot raise and stays small is folded; everything else is left to the runtime, which
// then raises or computes as if nothing had been tried. Integers are folded up to 127 bits.
#include <string.h> // memcpy

#include "lang/scope.h"

enum { MAX_FOLDED_TEXT = 4096, MAX_FOLDED_ITEMS = 4096 };

typedef __int128 wide;

// The value of an integer constant of at most 127 bits.
static bool as_wide(const tgi_expr *e, wide *out)
{
    if (e->kind == TGI_EXPR_INT) {
        *out = e->u.integer;
        return true;
    }
    if (e->kind != TGI_EXPR_BIGINT)
        return false;
    const char *digit = e->u.text.text;
    bool negative = *digit == '-';
    wide value = 0;
    for (digit += negative; *digit != '\0'; digit++) {
        if (__builtin_mul_overflow(value, (wide)10, &value) ||
            __builtin_add_overflow(value, (wide)(*digit - '0'), &value))
            return false;
    }
    *out = negative ? -value : value;
    return true;
}

static void set_integer(tgi_front *front, tgi_expr *e, wide value)
{
    if (value >= INT64_MIN && value <= INT64_MAX) {
        e->kind = TGI_EXPR_INT;
        e->u.integer = (int64_t)value;
        return;
    }
    char digits[48];
    uint32_t at = sizeof digits;
    digits[--at] = '\0';
    unsigned __int128 rest = value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
    for (; rest > 0; rest /= 10)
        digits[--at] = (char)('0' + (int)(rest % 10));
    if (value < 0)
        digits[--at] = '-';
    uint32_t size = (uint32_t)sizeof digits - 1 - at;
    char *text = tgi_front_alloc(front, (size_t)size + 1);
    memcpy(text, digits + at, size);
    e->kind = TGI_EXPR_BIGINT;
    e->u.text.text = text;
    e->u.text.size = size;
}

static bool power(wide base, wide exponent, wide *out)
{
    if (exponent < 0 || exponent > 127)
        return false;
    wide value = 1;
    for (int i = 0; i < (int)exponent; i++) {
        if (__builtin_mul_overflow(value, base, &value))
            return false;
    }
    *out = value;
    return true;
}

static bool shift_left(wide a, wide b, wide *out)
{
    if (b < 0 || b > 126)
        return false;
    return !__builtin_mul_overflow(a, (wide)1 << (int)b, out);
}

static bool integer_operation(int op, wide a, wide b, wide *out)
{
    switch (op) {
    case TGI_ADD:
        return !__builtin_add_overflow(a, b, out);
    case TGI_SUB:
        return !__builtin_sub_overflow(a, b, out);
    case TGI_MUL:
        return !__builtin_mul_overflow(a, b, out);
    case TGI_FLOORDIV:
    case TGI_MOD: {
        if (b == 0 || b == -1)
            return false;
        wide quotient = a / b;
        wide rest = a % b;
        if (rest != 0 && (rest < 0) != (b < 0)) {
            quotient--;
            rest += b;
        }
        *out = op == TGI_MOD ? rest : quotient;
        return true;
    }
    case TGI_POW:
        return power(a, b, out);
    case TGI_LSHIFT:
        return shift_left(a, b, out);
    case TGI_RSHIFT:
        if (b < 0)
            return false;
        *out = a >> (int)(b > 126 ? 126 : b);
        return true;
    case TGI_BITAND:
        *out = a & b;
        return true;
    case TGI_BITOR:
        *out = a | b;
        return true;
    case TGI_BITXOR:
        *out = a ^ b;
        return true;
    default:
        return false;
    }
}

static bool as_real(const tgi_expr *e, double *out)
{
    enum { EXACT = 53 };
    if (e->kind == TGI_EXPR_FLOAT) {
        *out = e->u.real;
        return true;
    }
    if (e->kind != TGI_EXPR_INT || e->u.integer > (int64_t)1 << EXACT ||
        e->u.integer < -((int64_t)1 << EXACT))
        return false;
    *out = (double)e->u.integer;
    return true;
}

static void fold_real(tgi_expr *e, double a, double b)
{
    double value;
    switch (e->op) {
    case TGI_ADD:
        value = a + b;
        break;
    case TGI_SUB:
        value = a - b;
        break;
    case TGI_MUL:
        value = a * b;
        break;
    case TGI_DIV:
        if (b == 0)
            return;
        value = a / b;
        break;
    default:
        return;
    }
    e->kind = TGI_EXPR_FLOAT;
    e->u.real = value;
}

static void fold_text(tgi_front *front, tgi_expr *e, const tgi_expr *left, const tgi_expr *right)
{
    uint64_t count = 1;
    const tgi_expr *first = left;
    if (e->op == TGI_MUL) {
        if (right->kind != TGI_EXPR_INT)
            return;
        count = right->u.integer < 0 ? 0 : (uint64_t)right->u.integer;
        right = NULL;
    } else if (e->op != TGI_ADD || right->kind != left->kind) {
        return;
    }
    uint32_t left_size = left->u.text.size;
    uint64_t size = (uint64_t)left_size + (right == NULL ? 0 : right->u.text.size);
    if (count > MAX_FOLDED_TEXT || size * count > MAX_FOLDED_TEXT)
        return;
    char *text = tgi_front_alloc(front, size * count + 1);
    char *at = text;
    for (uint64_t i = 0; i < count; i++) {
        memcpy(at, first->u.text.text, left_size);
        at += left_size;
        if (right != NULL) {
            memcpy(at, right->u.text.text, right->u.text.size);
            at += right->u.text.size;
        }
    }
    e->kind = first->kind;
    e->u.text.text = text;
    e->u.text.size = (uint32_t)(size * count);
}

static void fold_binary(tgi_front *front, tgi_expr *e)
{
    const tgi_expr *left = e->u.binary.left;
    const tgi_expr *right = e->u.binary.right;
    if (!tgi_expr_is_constant(left) || !tgi_expr_is_constant(right))
        return;
    if (left->kind == TGI_EXPR_STR || left->kind == TGI_EXPR_BYTES) {
        fold_text(front, e, left, right);
        return;
    }
    wide a, b, result;
    if (e->op != TGI_DIV && as_wide(left, &a) && as_wide(right, &b)) {
        if (integer_operation(e->op, a, b, &result))
            set_integer(front, e, result);
        return;
    }
    double x, y;
    if (as_real(left, &x) && as_real(right, &y))
        fold_real(e, x, y);
}

bool tgi_constant_truth(const tgi_expr *e)
{
    switch ((tgi_expr_kind)e->kind) {
    case TGI_EXPR_NONE:
    case TGI_EXPR_FALSE:
        return false;
    case TGI_EXPR_INT:
        return e->u.integer != 0;
    case TGI_EXPR_FLOAT:
        return e->u.real != 0;
    case TGI_EXPR_STR:
    case TGI_EXPR_BYTES:
        return e->u.text.size != 0;
    case TGI_EXPR_CONST_TUPLE:
        return e->u.sequence.count != 0;
    default:
        return true;
    }
}

static void fold_unary(tgi_front *front, tgi_expr *e)
{
    const tgi_expr *operand = e->u.operand;
    wide value;
    if (!tgi_expr_is_constant(operand))
        return;
    if (e->op == TGI_NOT) {
        e->kind = tgi_constant_truth(operand) ? TGI_EXPR_FALSE : TGI_EXPR_TRUE;
    } else if (operand->kind == TGI_EXPR_FLOAT && e->op != TGI_INVERT) {
        double real = operand->u.real;
        e->kind = TGI_EXPR_FLOAT;
        e->u.real = e->op == TGI_NEG ? -real : real;
    } else if (as_wide(operand, &value)) {
        set_integer(front, e, e->op == TGI_NEG ? -value : e->op == TGI_INVERT ? ~value : value);
    } else if (operand->kind == TGI_EXPR_BIGINT && e->op == TGI_NEG &&
               operand->u.text.text[0] != '-') {
        uint32_t size = operand->u.text.size;
        char *text = tgi_front_alloc(front, (size_t)size + 2);
        text[0] = '-';
        memcpy(text + 1, operand->u.text.text, size);
        e->kind = TGI_EXPR_BIGINT;
        e->u.text.text = text;
        e->u.text.size = size + 1;
    }
}

static void fold_tuple(tgi_expr *e)
{
    for (uint32_t i = 0; i < e->u.sequence.count; i++) {
        if (!tgi_expr_is_constant(e->u.sequence.items[i]))
            return;
    }
    if (e->u.sequence.count <= MAX_FOLDED_ITEMS)
        e->kind = TGI_EXPR_CONST_TUPLE;
}

void tgi_fold(tgi_front *front, tgi_expr *e)
{
    switch ((tgi_expr_kind)e->kind) {
    case TGI_EXPR_UNARY:
        fold_unary(front, e);
        break;
    case TGI_EXPR_BINARY:
        fold_binary(front, e);
        break;
    case TGI_EXPR_TUPLE:
        fold_tuple(e);
        break;
    default:
        break;
    }
}
