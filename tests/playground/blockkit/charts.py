"""4.3: charts."""

from typing import Any

from tests.playground.blockkit.case import (
    NUMBER,
    amount,
    letters,
    missing,
    needs,
    refuses,
    rule,
    takes,
    too_long,
    too_many,
    unsupported,
)
from tests.playground.blockkit.samples import CHART
from tests.playground.kit import lines
from tests.workspace import JSON


def _pie(**segment: Any) -> JSON:
    whole_segment = {"label": "a", "value": 1, **segment}
    return {**CHART, "chart": {"type": "pie", "segments": [whole_segment]}}


def _series(count: int = 1, points: int = 1, **axes: Any) -> JSON:
    names = [str(n) for n in range(points)]
    data = [{"label": name, "value": -1} for name in names]
    series = [{"name": f"s{n}", "data": data} for n in range(count)]
    return {
        **CHART,
        "chart": {"type": "line", "series": series, "axis_config": {"categories": names, **axes}},
    }


def _point(**point: Any) -> JSON:
    return lines(name="n", data=[{"label": "a", "value": 1, **point}])


CASES = [
    *rule(
        "4.3 data_visualization: title of up to 50 and a chart",
        letters(lambda text: {**CHART, "title": text}, 1, 50, "/0/title"),
        needs("title", "chart", of=CHART, at="/0"),
        refuses(unsupported("donut"), "/0/chart/type", {**CHART, "chart": {"type": "donut"}}),
    ),
    *rule(
        "4.3 data_visualization: two in a message",
        takes(CHART, CHART),
        refuses("no more than 2 data_visualization allowed", "", CHART, CHART, CHART),
    ),
    *rule(
        "4.3 line, bar, area: 1 to 6 series",
        amount(lambda n: _series(n), 1, 6, "/0/chart/series"),
        *(
            takes({**CHART, "chart": {**_series()["chart"], "type": kind}})
            for kind in ("bar", "area")
        ),
        needs(
            "series",
            "axis_config",
            of=_series()["chart"],
            at="/0/chart",
            make=lambda chart: {**CHART, "chart": chart},
        ),
    ),
    *rule(
        "4.3 line, bar, area: series with a unique name of up to 20",
        letters(
            lambda text: lines(name=text, data=[{"label": "a", "value": 1}]),
            1,
            20,
            "/0/chart/series/0/name",
        ),
        refuses(
            '`name` "n" already exists',
            "/0/chart/series/1/name",
            {**CHART, "chart": {**_point()["chart"], "series": _point()["chart"]["series"] * 2}},
        ),
        refuses(missing("name"), "/0/chart/series/0", lines(data=[{"label": "a", "value": 1}])),
        refuses(missing("data"), "/0/chart/series/0", lines(name="n")),
    ),
    *rule(
        "4.3 line, bar, area: 1 to 20 points",
        takes(_series(points=1)),
        takes(_series(points=20)),
        refuses("no fewer than 1", "/0/chart/series/0/data", lines(name="n", data=[])),
        refuses(
            too_many(20),
            "/0/chart/series/0/data",
            lines(name="n", data=[{"label": "a", "value": 1}] * 21),
        ),
        refuses(
            too_many(20),
            "/0/chart/axis_config/categories",
            {**CHART, "chart": {**_point()["chart"], "axis_config": {"categories": ["a"] * 21}}},
        ),
    ),
    *rule(
        "4.3 line, bar, area: points with a label of up to 20 and a number",
        takes(
            {
                **CHART,
                "chart": {
                    "type": "bar",
                    "axis_config": {"categories": ["x" * 20]},
                    "series": [{"name": "n", "data": [{"label": "x" * 20, "value": 0}]}],
                },
            }
        ),
        refuses(too_long(20), "/0/chart/series/0/data/0/label", _point(label="x" * 21)),
        refuses(NUMBER, "/0/chart/series/0/data/0/value", _point(value="1")),
        needs(
            "label",
            "value",
            of={"label": "a", "value": 1},
            at="/0/chart/series/0/data/0",
            make=lambda point: lines(name="n", data=[point]),
        ),
    ),
    *rule(
        "4.3 line, bar, area: the labels are the categories",
        takes(_series(points=3)),
        refuses("labels must be the categories", "/0/chart/series/0/data", _point(label="b")),
        refuses(
            missing("categories"),
            "/0/chart/axis_config",
            {**CHART, "chart": {**_point()["chart"], "axis_config": {}}},
        ),
        refuses(
            too_long(20),
            "/0/chart/axis_config/categories/0",
            {**CHART, "chart": {**_point()["chart"], "axis_config": {"categories": ["x" * 21]}}},
        ),
    ),
    *rule(
        "4.3 line, bar, area: x_label and y_label of up to 50",
        letters(lambda text: _series(x_label=text), 1, 50, "/0/chart/axis_config/x_label"),
        letters(lambda text: _series(y_label=text), 1, 50, "/0/chart/axis_config/y_label"),
    ),
    *rule(
        "4.3 pie: 1 to 6 segments",
        amount(
            lambda n: {
                **CHART,
                "chart": {"type": "pie", "segments": [{"label": "a", "value": 1}] * n},
            },
            1,
            6,
            "/0/chart/segments",
        ),
        refuses(missing("segments"), "/0/chart", {**CHART, "chart": {"type": "pie"}}),
    ),
    *rule(
        "4.3 pie: a label of up to 20 and a value over 0",
        letters(lambda text: _pie(label=text), 1, 20, "/0/chart/segments/0/label"),
        takes(_pie(value=0.1)),
        refuses("must be more than 0", "/0/chart/segments/0/value", _pie(value=0)),
        refuses("must be more than 0", "/0/chart/segments/0/value", _pie(value=-1)),
        refuses(NUMBER, "/0/chart/segments/0/value", _pie(value="1")),
        refuses(
            missing("label"),
            "/0/chart/segments/0",
            {**CHART, "chart": {"type": "pie", "segments": [{"value": 1}]}},
        ),
        refuses(
            missing("value"),
            "/0/chart/segments/0",
            {**CHART, "chart": {"type": "pie", "segments": [{"label": "a"}]}},
        ),
    ),
]
