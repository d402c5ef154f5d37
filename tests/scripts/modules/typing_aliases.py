# SPDX-License-Identifier: MIT
#
# typing_aliases.py - what annotations are made of, where it runs.
from typing import (Any, Callable, ClassVar, Deque, Dict, Final, FrozenSet, Generic, Iterable, Iterator, List, Literal,
    Mapping, NoReturn, Optional, Protocol, Sequence, Set, Tuple, Type, TypeVar, Union, cast, overload, TYPE_CHECKING)
T = TypeVar("T")
print(T, List, List[int], Dict[str, List[int]], Optional[int], Union[int, str], Union[int, None], Callable[[int], str])
print(Callable[..., int], Tuple[int, ...], Tuple[()], Literal["a", 1], Type[int], Any, Union[int], Union[int, int, str])
print(List[T][int], Dict[str, List[T]][float])
class Stack(Generic[T]):
    def __init__(self): self.items: List[T] = []
    def push(self, x: T) -> None: self.items.append(x)
s = Stack[int](); s.push(1); print(s.items, Stack[int])
print(cast(int, "x"), TYPE_CHECKING, List[int] == List[int], hash(List[int]) == hash(List[int]), Optional[str] == Union[None, str], Optional[str] == Union[str, None])
class P(Protocol):
    def f(self) -> int: ...
print(ClassVar[int], Final[int], Deque[int], Iterable[int], NoReturn)
print(Union[int, Optional[str]], List[int] | None)
