// SPDX-License-Identifier: MIT
//
// compile_name.c - variables and other targets: reading, assigning, deleting.
#include "lang/compile_internal.h"

enum { NAMESPACE = 0 }; // register of a class body's namespace dict

void tgi_read_symbol(tgi_gen *g, const tgi_symbol *s, uint32_t dest)
{
    switch (s->access) {
    case TGI_ACCESS_LOCAL:
        tgi_emit(g, TGI_OP_MOVE, dest, s->slot, 0);
        break;
    case TGI_ACCESS_CELL:
        tgi_emit(g, TGI_OP_GETCELL, dest, s->slot, tgi_const_name(g, s->name));
        break;
    case TGI_ACCESS_FREE:
        // A class body looks in its namespace first: its metaclass may have put something there.
        if (s->scope->kind == TGI_SCOPE_CLASS && !s->is_nonlocal)
            tgi_emit(g, TGI_OP_GETNAMEFREE, dest, s->slot, NAMESPACE);
        else
            tgi_emit(g, TGI_OP_GETFREE, dest, s->slot, tgi_const_name(g, s->name));
        break;
    case TGI_ACCESS_NAME:
        tgi_emit(g, TGI_OP_GETNAME, dest, tgi_global_site(g, s->name), NAMESPACE);
        break;
    case TGI_ACCESS_NONE:
    case TGI_ACCESS_GLOBAL:
        tgi_emit(g, TGI_OP_GETGLOBAL, dest, tgi_global_site(g, s->name), 0);
        break;
    }
}

void tgi_write_symbol(tgi_gen *g, const tgi_symbol *s, uint32_t reg)
{
    switch (s->access) {
    case TGI_ACCESS_LOCAL:
        tgi_emit(g, TGI_OP_MOVE, s->slot, reg, 0);
        break;
    case TGI_ACCESS_CELL:
        tgi_emit(g, TGI_OP_SETCELL, s->slot, reg, 0);
        break;
    case TGI_ACCESS_FREE:
        tgi_emit(g, TGI_OP_SETFREE, s->slot, reg, 0);
        break;
    case TGI_ACCESS_NAME:
        tgi_emit(g, TGI_OP_SETNAME, tgi_const_name(g, s->name), reg, NAMESPACE);
        break;
    case TGI_ACCESS_NONE:
    case TGI_ACCESS_GLOBAL:
        tgi_emit(g, TGI_OP_SETGLOBAL, tgi_global_site(g, s->name), reg, 0);
        break;
    }
}

static void delete_symbol(tgi_gen *g, const tgi_symbol *s)
{
    uint32_t name = tgi_const_name(g, s->name);
    switch (s->access) {
    case TGI_ACCESS_LOCAL:
        tgi_emit(g, TGI_OP_DELLOCAL, s->slot, 0, 0);
        break;
    case TGI_ACCESS_CELL:
        tgi_emit(g, TGI_OP_DELCELL, s->slot, 0, name);
        break;
    case TGI_ACCESS_FREE:
        tgi_emit(g, TGI_OP_DELFREE, s->slot, 0, name);
        break;
    case TGI_ACCESS_NAME:
        tgi_emit(g, TGI_OP_DELNAME, name, 0, NAMESPACE);
        break;
    case TGI_ACCESS_NONE:
    case TGI_ACCESS_GLOBAL:
        tgi_emit(g, TGI_OP_DELGLOBAL, tgi_global_site(g, s->name), 0, 0);
        break;
    }
}

void tgi_unset_symbol(tgi_gen *g, const tgi_symbol *s)
{
    if (s->access == TGI_ACCESS_LOCAL) {
        tgi_emit(g, TGI_OP_CLEAR, s->slot, 0, 0);
        return;
    }
    // The script may have deleted it already.
    uint32_t temp = tgi_push_temp(g);
    tgi_load_none(g, temp);
    tgi_write_symbol(g, s, temp);
    g->temps--;
    delete_symbol(g, s);
}

uint32_t tgi_target_register(const tgi_expr *target)
{
    if (target->kind == TGI_EXPR_NAME && target->u.name.symbol->access == TGI_ACCESS_LOCAL)
        return target->u.name.symbol->slot;
    return TGI_REG_NONE;
}

// Attributes that methods set on their first parameter: see tgi_unit.instance_names.
static void note_instance_name(tgi_gen *g, const tgi_expr *target)
{
    const tgi_expr *object = target->u.attribute.object;
    const tgi_symbol *self = g->scope->self;
    if (self == NULL || object->kind != TGI_EXPR_NAME || g->outer == NULL)
        return;
    const tgi_symbol *s = object->u.name.symbol;
    if (s != self && s->alias != self)
        return;
    tgi_gen *class_gen = g->outer;
    tgi_name *name = target->u.attribute.name;
    for (uint32_t i = 0; i < class_gen->instance_count; i++) {
        if (class_gen->instance[i] == name)
            return;
    }
    class_gen->instance =
        tgi_front_grow(g->front, class_gen->instance, &class_gen->instance_capacity,
                       class_gen->instance_count + 1, sizeof *class_gen->instance);
    class_gen->instance[class_gen->instance_count++] = name;
}

static void assign_attribute(tgi_gen *g, const tgi_expr *target, uint32_t reg)
{
    uint32_t object = tgi_operand(g, target->u.attribute.object, TGI_REG_NONE);
    note_instance_name(g, target);
    tgi_at_expr(g, target);
    tgi_emit(g, TGI_OP_SETATTR, object, reg, tgi_attr_site(g, target->u.attribute.name));
}

static void assign_item(tgi_gen *g, const tgi_expr *target, uint32_t reg)
{
    const tgi_expr *index = target->u.binary.right;
    uint32_t object = tgi_operand(g, target->u.binary.left, TGI_REG_NONE);
    uint32_t small;
    if (tgi_small_int(index, &small)) {
        tgi_at_expr(g, target);
        tgi_emit(g, TGI_OP_SETITEMI, object, small, reg);
        return;
    }
    uint32_t key = tgi_operand(g, index, TGI_REG_NONE);
    tgi_at_expr(g, target);
    tgi_emit(g, TGI_OP_SETITEM, object, key, reg);
}

static uint32_t starred_item(const tgi_sequence *items)
{
    for (uint32_t i = 0; i < items->count; i++) {
        if (items->items[i]->kind == TGI_EXPR_STARRED)
            return i;
    }
    return items->count;
}

static void unpack(tgi_gen *g, const tgi_expr *target, uint32_t reg)
{
    const tgi_sequence *items = &target->u.sequence;
    uint32_t count = items->count;
    uint32_t star = starred_item(items);
    tgi_at_expr(g, target);
    // The items go to new temps; one temp even for none, to have a valid register to name.
    uint32_t first = tgi_push_temp(g);
    for (uint32_t i = 1; i < count; i++)
        tgi_push_temp(g);
    if (star == count) {
        tgi_emit(g, TGI_OP_UNPACK, first, reg, count);
    } else {
        uint32_t after = count - star - 1;
        if (star > 255 || after > 255)
            tgi_front_fail(g->front, TGI_SYNTAX_ERROR, target->start, target->end,
                           "too many expressions in star-unpacking assignment");
        tgi_emit(g, TGI_OP_UNPACKEX, first, reg, star | after << 8);
    }
    for (uint32_t i = 0; i < count; i++) {
        const tgi_expr *item = items->items[i];
        tgi_assign(g, item->kind == TGI_EXPR_STARRED ? item->u.operand : item, first + i);
    }
}

// Assigns the value of a register, which is consumed if it is a temp.
void tgi_assign(tgi_gen *g, const tgi_expr *target, uint32_t reg)
{
    uint32_t temps = g->temps;
    switch ((tgi_expr_kind)target->kind) {
    case TGI_EXPR_NAME:
        tgi_at_expr(g, target);
        tgi_write_symbol(g, target->u.name.symbol, reg);
        break;
    case TGI_EXPR_ATTRIBUTE:
        assign_attribute(g, target, reg);
        break;
    case TGI_EXPR_SUBSCRIPT:
        assign_item(g, target, reg);
        break;
    default:
        unpack(g, target, reg);
        break;
    }
    g->temps = temps;
}

// a, b = b, a without a tuple in between.
static bool assign_in_parallel(tgi_gen *g, const tgi_expr *target, const tgi_expr *value)
{
    enum { MAX_PARALLEL = 16 };
    if ((target->kind != TGI_EXPR_TUPLE && target->kind != TGI_EXPR_LIST) ||
        value->kind != TGI_EXPR_TUPLE)
        return false;
    uint32_t count = target->u.sequence.count;
    if (count != value->u.sequence.count || count == 0 || count > MAX_PARALLEL)
        return false;
    if (starred_item(&target->u.sequence) != count || starred_item(&value->u.sequence) != count)
        return false;
    uint32_t temps = g->temps;
    for (uint32_t i = 0; i < count; i++)
        tgi_expr_temp(g, value->u.sequence.items[i]);
    for (uint32_t i = 0; i < count; i++)
        tgi_assign(g, target->u.sequence.items[i], TGI_TEMP + temps + i);
    g->temps = temps;
    return true;
}

void tgi_assign_value(tgi_gen *g, const tgi_expr *target, const tgi_expr *value)
{
    uint32_t temps = g->temps;
    uint32_t reg = tgi_target_register(target);
    if (reg != TGI_REG_NONE) {
        tgi_expr_to(g, value, reg);
    } else if (!assign_in_parallel(g, target, value)) {
        // The value comes before the parts of the target, and those must not change it in place.
        reg = tgi_operand(g, value, TGI_REG_NONE);
        tgi_assign(g, target, reg);
    }
    g->temps = temps;
}

// R = R op value, into dest.
static void augmented_operation(tgi_gen *g, const tgi_stmt *s, uint32_t dest, uint32_t left)
{
    const tgi_expr *value = s->u.single.value;
    if (tgi_expr_is_constant(value)) {
        g->start = s->start;
        g->end = s->end;
        tgi_emit(g, tgi_binary_opcode(s->op, true, true), dest, left, tgi_const_of(g, value));
        return;
    }
    uint32_t right = tgi_operand(g, value, TGI_REG_NONE);
    g->start = s->start;
    g->end = s->end;
    tgi_emit(g, tgi_binary_opcode(s->op, true, false), dest, left, right);
}

static void augment_name(tgi_gen *g, const tgi_stmt *s)
{
    const tgi_symbol *symbol = s->u.single.target->u.name.symbol;
    if (symbol->access == TGI_ACCESS_LOCAL && !symbol->walrus) {
        augmented_operation(g, s, symbol->slot, symbol->slot);
        return;
    }
    uint32_t temp = tgi_push_temp(g);
    tgi_at_expr(g, s->u.single.target);
    tgi_read_symbol(g, symbol, temp);
    augmented_operation(g, s, temp, temp);
    tgi_write_symbol(g, symbol, temp);
}

static void release(tgi_gen *g, uint32_t reg, bool hidden)
{
    if (hidden)
        tgi_emit(g, TGI_OP_CLEAR, reg, 0, 0);
}

static void augment_attribute(tgi_gen *g, const tgi_stmt *s)
{
    const tgi_expr *target = s->u.single.target;
    bool hidden;
    uint32_t object = tgi_kept(g, target->u.attribute.object, &hidden);
    uint32_t temp = tgi_push_temp(g);
    tgi_at_expr(g, target);
    tgi_emit(g, TGI_OP_GETATTR, temp, object, tgi_attr_site(g, target->u.attribute.name));
    augmented_operation(g, s, temp, temp);
    note_instance_name(g, target);
    tgi_at_expr(g, target);
    tgi_emit(g, TGI_OP_SETATTR, object, temp, tgi_attr_site(g, target->u.attribute.name));
    release(g, object, hidden);
}

static void augment_item(tgi_gen *g, const tgi_stmt *s)
{
    const tgi_expr *target = s->u.single.target;
    const tgi_expr *index = target->u.binary.right;
    bool hidden, hidden_key = false;
    uint32_t object = tgi_kept(g, target->u.binary.left, &hidden);
    uint32_t key = 0;
    bool small = tgi_small_int(index, &key);
    if (!small)
        key = tgi_kept(g, index, &hidden_key);
    uint32_t temp = tgi_push_temp(g);
    tgi_at_expr(g, target);
    tgi_emit(g, small ? TGI_OP_GETITEMI : TGI_OP_GETITEM, temp, object, key);
    augmented_operation(g, s, temp, temp);
    tgi_at_expr(g, target);
    tgi_emit(g, small ? TGI_OP_SETITEMI : TGI_OP_SETITEM, object, key, temp);
    release(g, key, hidden_key);
    release(g, object, hidden);
}

void tgi_assign_augmented(tgi_gen *g, const tgi_stmt *s)
{
    uint32_t temps = g->temps;
    uint32_t hidden = g->hidden;
    switch ((tgi_expr_kind)s->u.single.target->kind) {
    case TGI_EXPR_NAME:
        augment_name(g, s);
        break;
    case TGI_EXPR_ATTRIBUTE:
        augment_attribute(g, s);
        break;
    default:
        augment_item(g, s);
        break;
    }
    g->temps = temps;
    g->hidden = hidden;
}

void tgi_delete(tgi_gen *g, const tgi_expr *target)
{
    uint32_t temps = g->temps;
    uint32_t object;
    switch ((tgi_expr_kind)target->kind) {
    case TGI_EXPR_NAME:
        tgi_at_expr(g, target);
        delete_symbol(g, target->u.name.symbol);
        break;
    case TGI_EXPR_ATTRIBUTE:
        object = tgi_operand(g, target->u.attribute.object, TGI_REG_NONE);
        tgi_at_expr(g, target);
        tgi_emit(g, TGI_OP_DELATTR, object, 0, tgi_attr_site(g, target->u.attribute.name));
        break;
    case TGI_EXPR_SUBSCRIPT: {
        object = tgi_operand(g, target->u.binary.left, TGI_REG_NONE);
        uint32_t key = tgi_operand(g, target->u.binary.right, TGI_REG_NONE);
        tgi_at_expr(g, target);
        tgi_emit(g, TGI_OP_DELITEM, object, key, 0);
        break;
    }
    default:
        for (uint32_t i = 0; i < target->u.sequence.count; i++)
            tgi_delete(g, target->u.sequence.items[i]);
        break;
    }
    g->temps = temps;
}
