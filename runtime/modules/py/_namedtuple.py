# SPDX-License-Identifier: MIT
#
# _namedtuple.py - the function namedtuple of collections.
#
# The class is made by a class statement inside a function: a subclass of tuple with a property for
# every field. Calls with exactly the fields by position take a short way.
# Relies on  subclasses of tuple with __new__; setting __name__ and attributes of a class.

__all__ = ["namedtuple"]

_KEYWORDS = ("False", "None", "True", "and", "as", "assert", "async", "await", "break", "class",
             "continue", "def", "del", "elif", "else", "except", "finally", "for", "from", "global",
             "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
             "return", "try", "while", "with", "yield")


def _check_names(typename, names, rename):
    seen = set()
    for i in range(len(names)):
        name = names[i]
        if rename:
            if not name.isidentifier() or name in _KEYWORDS or name[:1] == "_" or name in seen:
                names[i] = "_%d" % i
        seen.add(names[i])
    for name in [typename] + names:
        if not name.isidentifier():
            raise ValueError("Type names and field names must be valid identifiers: %r" % (name,))
        if name in _KEYWORDS:
            raise ValueError("Type names and field names cannot be a keyword: %r" % (name,))
    seen = set()
    for name in names:
        if name[:1] == "_" and not rename:
            raise ValueError("Field names cannot start with an underscore: %r" % (name,))
        if name in seen:
            raise ValueError("Encountered duplicate field name: %r" % (name,))
        seen.add(name)


def _field(place):
    def fget(self):
        return self[place]
    return property(fget, _read_only, _read_only, "Alias for field number %d" % place)


def _read_only(self, value=None):
    raise AttributeError("can't set attribute")


def namedtuple(typename, field_names, *, rename=False, defaults=None, module=None):
    if isinstance(field_names, str):
        field_names = field_names.replace(",", " ").split()
    names = [str(name) for name in field_names]
    _check_names(typename, names, rename)
    fields = tuple(names)
    size = len(fields)
    default_values = {}
    if defaults is not None:
        values = tuple(defaults)
        if len(values) > size:
            raise TypeError("Got more default values than field names")
        for name, value in zip(fields[size - len(values):], values):
            default_values[name] = value

    def arrange(args, kwargs):
        # The values in order of the fields, from a call with keywords or too few values.
        if len(args) > size:
            raise TypeError("%s.__new__() takes %d positional arguments but %d were given" % (
                typename, size + 1, len(args) + 1))
        row = list(args)
        missing = []
        for name in fields[len(args):]:
            if name in kwargs:
                row.append(kwargs.pop(name))
            elif name in default_values:
                row.append(default_values[name])
            else:
                missing.append(name)
        for name in kwargs:
            if name in fields:
                raise TypeError("%s.__new__() got multiple values for argument %r" % (typename,
                                                                                    name))
            raise TypeError("%s.__new__() got an unexpected keyword argument %r" % (typename, name))
        if missing:
            raise TypeError("%s.__new__() missing %d required positional argument%s: %s" % (
                typename, len(missing), "" if len(missing) == 1 else "s", _listed(missing)))
        return row

    class Record(tuple):
        __slots__ = ()

        def __new__(cls, *args, **kwargs):
            if kwargs or len(args) != size:
                args = arrange(args, kwargs)
            return tuple.__new__(cls, args)

        @classmethod
        def _make(cls, iterable):
            row = tuple(iterable)
            if len(row) != size:
                raise TypeError("Expected %d arguments, got %d" % (size, len(row)))
            return tuple.__new__(cls, row)

        def _replace(self, **kwargs):
            row = [kwargs.pop(name, value) for name, value in zip(fields, self)]
            if kwargs:
                raise ValueError("Got unexpected field names: %r" % (list(kwargs),))
            return self._make(row)

        def _asdict(self):
            return dict(zip(fields, self))

        def __repr__(self):
            parts = ["%s=%r" % item for item in zip(fields, self)]
            return "%s(%s)" % (type(self).__name__, ", ".join(parts))

        def __getnewargs__(self):
            return tuple(self)

    Record.__name__ = typename
    Record.__qualname__ = typename
    Record.__doc__ = "%s(%s)" % (typename, ", ".join(fields))
    Record._fields = fields
    Record._field_defaults = default_values
    if module is not None:
        Record.__module__ = module
    for i in range(size):
        setattr(Record, fields[i], _field(i))
    return Record


def _listed(names):
    # 'a', 'b', and 'c'
    quoted = [repr(name) for name in names]
    if len(quoted) == 1:
        return quoted[0]
    if len(quoted) == 2:
        return quoted[0] + " and " + quoted[1]
    return ", ".join(quoted[:-1]) + ", and " + quoted[-1]
