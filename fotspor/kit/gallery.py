"""Made-up words for the gallery: every component of the kit in every state. Nothing here is read from anywhere."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace as Sample
from typing import Any

from django.core.paginator import Paginator

from fotspor.kit import charts, forms
from fotspor.kit.answering import Now, tell_what_changed
from fotspor.kit.labels import Label
from fotspor.kit.navigation import Place
from fotspor.kit.trail import Arena, Pass, Step, StepState, Trail

LABELS = {
    "done": Label("Done", "CheckmarkCircle", "success"),
    "window": Label("In the window", "Clock", "info"),
    "today": Label("Today", "Calendar", "accent"),
    "late": Label("Past the deadline", "ExclamationmarkTriangle", "danger"),
    "answer": Label("Answer today", "ExclamationmarkTriangleFill", "danger", strong=True),
    "result": Label("Answer a result", "ClipboardCheckmark", "warning"),
    "baton": Label("Baton", "baton", "stafett"),
    "waiting": Label("Waiting", "Hourglass"),
    "declined": Label("Declined", "CircleSlash", outline=True),
    "moved": Label("Moved", "ArrowRight", outline=True),
    "exempt": Label("Exempt", "MinusCircle", outline=True),
    "unexplained": Label("Unexplained", "QuestionmarkDiamond", "danger"),
    "closed": Label("Closed room", "PadlockLocked"),
    "trial": Label("On trial", "TestFlask", "sand"),
}
OUTCOMES = [("held", "Held"), ("absent", "Did not come"), ("declined", "Declined")]


class SampleForm(forms.Form):
    """Every kind of field."""

    held_on = forms.DayField(label="When was the contact?", help_text="The window is 2 September–2 January")
    held_at = forms.TimeField(label="At what time?", required=False)
    outcome = forms.RadioField(label="What happened?", choices=OUTCOMES, descriptions={"absent": "We try again."})
    unit = forms.SelectField(label="Unit", choices=[("h", "Heimdal health station")], empty="Choose a unit")
    name = forms.TextField(label="Name")
    tries = forms.NumberField(label="Times tried", required=False)
    languages = forms.ChecksField(label="Languages", choices=[("sma", "South Sami"), ("pl", "Polish")], required=False)
    note = forms.LongTextField(label="Note", required=False)
    interpreter = forms.CheckField(label="An interpreter is booked")
    extract = forms.FileField(label="File", required=False)
    version = forms.VersionField(initial=1)


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[Any, ...]
    mark: bool = False
    total: bool = False


def places() -> list[Place]:
    return [
        Place("day", "My day", "#day", "TasklistStart", count=15, color="accent"),
        Place("children", "Children and families", "#children", "FigureChild", short="Children"),
        Place("batons", "Batons", "#batons", "baton", count=3, color="stafett"),
        Place("calendar", "Calendar", "#calendar", "Calendar"),
        Place("unit", "The unit's tasks", "#unit", "PersonGroup", group="unit", count=7),
        Place("staff", "Units and staff", "#staff", "Buildings2", group="unit"),
    ]


def rail() -> Sample:
    mine = places()
    return Sample(
        signed_in=True,
        municipality="Practice municipality",
        user_name="Klok Fjell",
        initials="KF",
        role_label="Public-health nurse · Heimdal",
        posts=[
            Sample(key="a", label="Nurse, Heimdal", current=True),
            Sample(key="b", label="Leader", current=False, waiting=1),
        ],
        waits_elsewhere=1,
        places=mine,
        tabbar=[*mine[:3], mine[4]],
        more=[mine[3], mine[5]],
        more_count=0,
        home_url="#home",
        search_url="#search",
        sign_out_url="#out",
        choose_post_url="#post",
        settings_url="#settings",
    )


def households(today: date) -> list[Sample]:
    def task(label, title, who, days=None, **more):
        opens, due, closes = ((today + timedelta(d)) for d in days) if days else (None, None, None)
        return Sample(
            label=LABELS[label],
            status=more.pop("status", ""),
            title=title,
            who=who,
            url="#task",
            opens_on=opens,
            due_on=due,
            closes_on=closes,
            action_url="#act",
            **{"meta": "", "when": "", "when_strong": "", "action": "", "receipt": "", **more},
        )

    lyng = [
        task("answer", "Safety conversation", "Varm Lyng", when_strong="Today", action="Open the conversation"),
        task("today", "6-week contact", "Lita Lyng", (-7, -2, 18), meta="room 4", when="17 Nov–12 Dec", action="Start"),
    ]
    selje = [
        task("late", "Home visit", "Rask Selje", (-6, -2, -2), status="2 days past", when="18–22 Nov", action="Book"),
        task("baton", "Handover", "Rask Selje", when="Waited", when_strong="3 days", action="Read and take over"),
        task("window", "Call about meals", "Rask Selje", (-4, 3, 3), when="20–27 Nov", receipt="Taken at 09.51"),
    ]
    return [
        Sample(id="h1", name="Lyng", icon="BabyWrapped", people="Varm Lyng · Lita Lyng, 6 weeks", note="", tasks=lyng),
        Sample(id="h2", name="Selje", icon="BabyWrapped", people="Rask Selje, 11 days", note="Newborn", tasks=selje),
    ]


def trail() -> Trail:
    state = StepState

    def steps(*found: tuple[StepState, str]) -> tuple[Step, ...]:
        return tuple(Step(i + 1, s, age, "an example", "#step") for i, (s, age) in enumerate(found))

    done = steps((state.DONE, "8"), (state.DONE_LATE, "18"), (state.DECLINED, "24"), (state.DONE, "36"))
    now = steps(
        (state.DONE, "6 w"), (state.LATE, "3 m"), (state.NOW, "4 m"), (state.FUTURE, "5 m"), (state.FUTURE, "6 m")
    )
    return Trail(
        parts=(
            Arena("Midwife", "PersonPregnant", "done", 1, 4, done, meta="Feb–Oct"),
            Pass(5, "done", ("2 Oct", "0 d"), "From the midwife to the ward, taken over the same day."),
            Arena("Ward", "Hospital", "done", 6, 2, steps((state.DONE, "Birth"), (state.DONE, "Home"))),
            Pass(8, "gap", ("nobody", "took it"), "Nobody took over the baton."),
            Arena("Health station", "HouseHeart", "now", 9, 5, now, meta="has it now"),
            Arena(
                "Kindergarten", "TeddyBear", "now", 12, 2, steps((state.LATE, "18 m"), (state.FUTURE, "4 y")), lane=2
            ),
            Pass(14, "future", ("waiting", "3 d"), "Sent, not taken over. Has waited 3 days."),
            Arena(
                "School", "Backpack", "future", 15, 2, steps((state.FUTURE, "5½ y"), (state.FUTURE, "6 y")), last=True
            ),
        ),
        columns=16,
        narrow=4,
        summary="Seven steps done, two past the deadline.",
        list_url="#list",
    )


def items() -> list[Sample]:
    def item(number, topic, values, chosen, alert=False, error=""):
        options = [Sample(value=v, checked=v == chosen) for v in values]
        return Sample(number=number, topic=topic, name=f"item{number}", options=options, alert=alert, error=error)

    return [
        item(1, "Topic one", (0, 1, 2, 3), 1),
        item(3, "Topic three, printed high to low", (3, 2, 1, 0), 2),
        item(9, "Topic nine", (3, 2, 1, 0), None, error="Not answered"),
        item(10, "Topic ten", (3, 2, 1, 0), 1, alert=True),
    ]


def drawings() -> dict[str, Any]:
    counts = (2, 5, 9, 8, 12, 14, 11, 9, 7, 7, 6, 4, 3, 4, 2, 1)
    bars = [charts.Bar(str(i), n, "band2" if i >= 13 else "b1") for i, n in enumerate(counts)]
    home = charts.Series("Home", tuple(charts.Point(a, v) for a, v in (("6 m", 20), ("12 m", 35), ("18 m", 45))))
    other = charts.Series("Kindergarten", (charts.Point("12 m", None), charts.Point("18 m", 30)), mark=2)
    return {
        "bars": charts.bar_chart(bars, [charts.Cut(10, "10"), charts.Cut(13, "13")]),
        "lines": charts.line_chart([home, other], [charts.Cut(50, "Limit 50")]),
        "scale": charts.scale(0, 30, (10, 13), 14, 14),
        "scale_missing": charts.scale(0, 30, (10, 13), 11, 14),
        "contributions": [
            Sample(number=3, topic="Topic three", points=2, maximum=3, alert=False),
            Sample(number=10, topic="Topic ten", points=1, maximum=3, alert=True),
        ],
        "routine": [
            Sample(title="Safety conversation", who="You", label=LABELS["answer"], status="Today", when="", now=True),
            Sample(title="Support conversation", who="You", label=None, status="", when="by 1 December", now=False),
        ],
        "total": Sample(count=12_486, label="Children", note="24 November"),
        "parts": [
            Sample(count=c, label=label, url="#cell", key=key, note="", current=key == "lost", lost=key == "lost")
            for c, label, key in ((9871, "On track", "ok"), (2592, "In the window", "due"), (23, "Unexplained", "lost"))
        ],
    }


def table(today: date) -> dict[str, Any]:
    def window(opens, due, closes, text):
        days = (today + timedelta(d) for d in (opens, due, closes))
        return Sample(text=text, **dict(zip(("opens_on", "due_on", "closes_on"), days, strict=True)))

    def child(name):
        return Sample(text=name, url="#child", meta="Heimdal")

    return {
        "columns": [
            Sample(label="Child", sort_url="?sort=-child", sorted="ascending"),
            Sample(label="Step", sort_url="?sort=step", sorted=""),
            Sample(label="Window", sort_url=""),
            Sample(label="Days", sort_url="", numeric=True),
            Sample(label="Status", sort_url=""),
        ],
        "rows": [
            Row((child("Blid Osp"), "3 m", window(-10, 3, 20, "14 Nov–14 Dec"), 3, Sample(label=LABELS["today"]))),
            Row((child("Glad Hassel"), "4 y", window(-9, -5, -1, "15–23 Nov"), 19, Sample(label=LABELS["late"])), True),
            Row(("All", "", "", 22, ""), total=True),
        ],
    }


def refused_form() -> SampleForm:
    form = SampleForm({"wrong-held_on": "soon", "wrong-unit": "h", "wrong-name": "Kvikk Vier"}, prefix="wrong")
    form.is_valid()
    return form


def overtaken_form() -> SampleForm:
    """Somebody else saved while this was being written."""
    form = SampleForm(
        {"late-name": "Kvikk Vier", "late-held_on": "2026-11-24", "late-outcome": "held", "late-unit": "h"},
        prefix="late",
    )
    form.is_valid()
    form.cleaned_data.update(name="Kvikk Vier", outcome="held")
    at = datetime(2026, 11, 24, 9, 14, tzinfo=UTC)
    tell_what_changed(form, Now(2, {"name": "Kvikk Osp", "outcome": "absent"}, who="Rask Elv", at=at))
    return form


def lists() -> dict[str, Any]:
    return {
        "filters": [
            Sample(label="All", url="#all", count=15, current=True),
            Sample(label="Past the deadline", url="#late", count=4, current=False),
        ],
        "todo": [
            Sample(title="2-year contact", url="#a", meta="1 December", label=LABELS["window"], status="Booked"),
            Sample(title="Conversation", url="", meta="In 14 days", label=None, status="", right="by 8 December"),
        ],
        "agenda": [
            Sample(at=time(9, 0), title="Blid Osp, 3 months", url="#a", meta="Room 4 · has come", past=True),
            Sample(at=time(12, 30), title="Lita Lyng, 6 weeks", url="", meta="Room 4", past=False),
        ],
        "pages": Paginator(range(300), 30).page(3),
        "pairs": [("Interpreter", "Polish, booked"), ("Next handover", "June 2030")],
        "four": [("About", "Varm Lyng"), ("Answered by", "herself"), ("Entered by", "Klok Fjell"), ("When", "today")],
        "facts": ["2 years 1 month · boy", "Languages: Norwegian and Polish"],
        "actions": [Sample(label="Ask for access", url="#ask"), Sample(label="Emergency access", url="#glass")],
        "help_words": ["What this page is for.", "What you can do here."],
        "swatches": [
            ("Fjord", "accent"),
            ("Heather", "stafett"),
            ("Sand", "sand"),
            ("Red", "danger"),
            ("Yellow", "warning"),
            ("Green", "success"),
            ("Blue", "info"),
            ("Neutral", "neutral"),
        ],
    }


def everything(today: date, now: datetime) -> dict[str, Any]:
    """What the gallery page shows."""
    return {
        "active": "day",
        "rail": rail(),
        "labels": list(LABELS.values()),
        "households": households(today),
        "trail": trail(),
        "items": items(),
        "heads": ("First", "Second", "Third", "Fourth"),
        "form": SampleForm(prefix="fresh"),
        "refused": refused_form(),
        "overtaken": overtaken_form(),
        "also_open": Sample(url="", rows=[Sample(name="Rask Elv", since=time(10, 14))]),
        "born_on": today - timedelta(11),
        "moment": now,
        **lists(),
        **table(today),
        **drawings(),
    }
