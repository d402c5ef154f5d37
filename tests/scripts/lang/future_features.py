"""A program may ask for features that are part of the language already."""
from __future__ import annotations, division
from __future__ import generator_stop as stop
import __future__


def later(x: Undefined[1], *rest: also.undefined) -> "nothing":
    return x


class Thing:
    size: NotThere = 3


print(later(1), Thing.size, 7 / 2)
print(annotations.getOptionalRelease(), annotations.getMandatoryRelease())
print(stop.getMandatoryRelease(), stop is __future__.generator_stop)
print(sorted(__future__.all_feature_names))
