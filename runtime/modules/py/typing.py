# SPDX-License-Identifier: MIT
#
# typing.py - names for annotations, and aliases made of them.
#
# Annotations are parsed and ignored, so what is here is for what runs: aliases (Rows = List[int]),
# TypeVar, bases (Generic[T], Protocol), cast and decorators. An alias knows its origin and its
# arguments, prints as CPython's does, and compares equal to one of the same parts.
# Relies on  __class_getitem__.
# Left out   NamedTuple and TypedDict as classes (they need annotations), get_type_hints, aliases as
#            base classes except Generic and Protocol.

TYPE_CHECKING = False


def _text(item):
    if item is ...:
        return "..."
    if isinstance(item, type):
        if item.__module__ == "builtins":
            return item.__qualname__
        return "%s.%s" % (item.__module__, item.__qualname__)
    if isinstance(item, list):
        return "[%s]" % ", ".join([_text(each) for each in item])
    return repr(item)


def _items(items):
    return items if isinstance(items, tuple) else (items,)


def _refuse_call(form):
    if isinstance(form.__origin__, type):
        raise TypeError("Type %s cannot be instantiated; use %s() instead" % (
            form._name, form.__origin__.__name__))
    raise TypeError("Cannot instantiate %r" % (form.__origin__,))


def _as_type(item):
    return type(None) if item is None else item


def _parameters(args):
    found = []
    for item in args:
        inner = [item]
        if isinstance(item, _Alias):
            inner = item.__parameters__
        elif isinstance(item, list):
            inner = _parameters(item)
        for each in inner:
            if isinstance(each, TypeVar) and each not in found:
                found.append(each)
    return tuple(found)


def _replace(item, values):
    if isinstance(item, TypeVar):
        return values.get(item, item)
    if isinstance(item, _Alias) and item.__parameters__:
        return item[tuple([values[p] for p in item.__parameters__])]
    if isinstance(item, list):
        return [_replace(each, values) for each in item]
    return item


class _Form:
    """What can be written with or after a name: X[...], X | Y."""

    __slots__ = ()

    def __or__(self, other):
        return Union[self, other]

    def __ror__(self, other):
        return Union[other, self]


class _Alias(_Form):
    __slots__ = ("__origin__", "__args__", "__parameters__", "_name")

    def __init__(self, name, origin, args):
        self._name = name
        self.__origin__ = origin
        self.__args__ = args
        self.__parameters__ = _parameters(args)

    def __getitem__(self, items):
        items = _items(items)
        if not self.__parameters__:
            raise TypeError("%r is not a generic class" % (self,))
        if len(items) != len(self.__parameters__):
            raise TypeError("Too %s arguments for %r; actual %d, expected %d" % (
                "many" if len(items) > len(self.__parameters__) else "few", self, len(items),
                len(self.__parameters__)))
        values = dict(zip(self.__parameters__, [_as_type(item) for item in items]))
        args = tuple([_replace(item, values) for item in self.__args__])
        if self.__origin__ is Union:
            return Union[args]
        return _Alias(self._name, self.__origin__, args)

    def __call__(self, *args, **kwargs):
        if self._name is not None:
            _refuse_call(self)
        return self.__origin__(*args, **kwargs)

    def __eq__(self, other):
        if not isinstance(other, _Alias):
            return NotImplemented
        if self.__origin__ is Union:
            return other.__origin__ is Union and set(self.__args__) == set(other.__args__)
        return (self.__origin__ is other.__origin__ and self._name == other._name and
                self.__args__ == other.__args__)

    def __hash__(self):
        if self.__origin__ is Union:
            return hash(frozenset(self.__args__))
        args = [tuple(a) if isinstance(a, list) else a for a in self.__args__]
        return hash((self._name, self.__origin__, tuple(args)))

    def __repr__(self):
        args = self.__args__
        if self.__origin__ is Union and len(args) == 2 and type(None) in args:
            other = args[0] if args[1] is type(None) else args[1]
            return "typing.Optional[%s]" % _text(other)
        name = "typing." + self._name if self._name is not None else _text(self.__origin__)
        if not args:
            return name + "[()]"
        if self._name == "Literal":
            return "%s[%s]" % (name, ", ".join([repr(item) for item in args]))
        return "%s[%s]" % (name, ", ".join([_text(item) for item in args]))


class _Special(_Form):
    """A name that takes arguments: List, Callable, ClassVar."""

    __slots__ = ("_name", "__origin__")

    def __init__(self, name, origin=None):
        self._name = name
        self.__origin__ = self if origin is None else origin

    def __getitem__(self, items):
        items = _items(items)
        if self._name != "Literal":
            items = tuple([_as_type(item) for item in items])
        return _Alias(self._name, self.__origin__, items)

    def __call__(self, *args, **kwargs):
        _refuse_call(self)

    def __repr__(self):
        return "typing." + self._name


class _Union(_Special):
    __slots__ = ()

    def __getitem__(self, items):
        items = _items(items)
        if items == ():
            raise TypeError("Cannot take a Union of no types.")
        args = []
        for item in items:
            flat = item.__args__ if isinstance(item, _Alias) and item.__origin__ is self else (item,)
            for each in flat:
                each = _as_type(each)
                if each not in args:
                    args.append(each)
        return args[0] if len(args) == 1 else _Alias("Union", self, tuple(args))


class _Optional(_Special):
    __slots__ = ()

    def __getitem__(self, item):
        return Union[item, None]


class TypeVar(_Form):
    def __init__(self, name, *constraints, bound=None, covariant=False, contravariant=False):
        if len(constraints) == 1:
            raise TypeError("A single constraint is not allowed")
        self.__name__ = name
        self.__constraints__ = constraints
        self.__bound__ = bound
        self.__covariant__ = covariant
        self.__contravariant__ = contravariant

    def __repr__(self):
        if self.__covariant__:
            return "+" + self.__name__
        return ("-" if self.__contravariant__ else "~") + self.__name__


class Generic:
    __slots__ = ()

    def __class_getitem__(cls, items):
        if cls is Generic or cls is Protocol:
            return cls  # as a base class
        return _Alias(None, cls, _items(items))


class Protocol(Generic):
    __slots__ = ()


Union = _Union("Union")
Optional = _Optional("Optional")
Any = _Special("Any")
NoReturn = _Special("NoReturn")
Never = _Special("Never")
Self = _Special("Self")
LiteralString = _Special("LiteralString")
Literal = _Special("Literal")
ClassVar = _Special("ClassVar")
Final = _Special("Final")
Annotated = _Special("Annotated")
TypeAlias = _Special("TypeAlias")


class _Callable(_Special):
    __slots__ = ()

    def __getitem__(self, items):
        if not isinstance(items, tuple) or len(items) != 2:
            raise TypeError("Callable must be used as Callable[[arg, ...], result].")
        if not isinstance(items[0], list) and items[0] is not ...:
            raise TypeError("Callable[args, result]: args must be a list. Got %r" % (items[0],))
        return _Alias("Callable", self, (items[0], _as_type(items[1])))


Callable = _Callable("Callable")

List = _Special("List", list)
Dict = _Special("Dict", dict)
Set = _Special("Set", set)
FrozenSet = _Special("FrozenSet", frozenset)
Tuple = _Special("Tuple", tuple)
Type = _Special("Type", type)
Text = str

for _name in ("Iterable", "Iterator", "Generator", "Sequence", "MutableSequence", "Mapping",
              "MutableMapping", "MutableSet", "AbstractSet", "Collection", "Container",
              "Reversible", "Hashable", "Sized", "KeysView", "ValuesView", "ItemsView",
              "Deque", "DefaultDict", "Counter", "OrderedDict", "ChainMap",
              "ContextManager", "Awaitable", "Coroutine", "AsyncIterator", "AsyncIterable",
              "SupportsInt", "SupportsFloat", "SupportsIndex", "SupportsAbs", "SupportsRound"):
    globals()[_name] = _Special(_name)
del _name


def cast(typ, value):
    return value


def overload(function):
    return function


def final(thing):
    return thing


def no_type_check(thing):
    return thing


def runtime_checkable(cls):
    return cls


def NewType(name, typ):
    def new_type(value):
        return value
    new_type.__name__ = name
    new_type.__supertype__ = typ
    return new_type


def get_origin(alias):
    return alias.__origin__ if isinstance(alias, _Alias) else None


def get_args(alias):
    return alias.__args__ if isinstance(alias, _Alias) else ()
