"""How results fall, counted: own unit's bands as they are to its leader, a study's to all, all others suppressed."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fotspor.access.rules import Permission, Viewer
from fotspor.instruments.models import Response
from fotspor.instruments.queries.definitions import instrument, mapping
from fotspor.instruments.rules import Instrument
from fotspor.kit import charts
from fotspor.kit.disclosure import FEWEST, is_small, suppress

OWN = "own"
NONE = ""  # nothing has been taken in yet
HIDDEN = gettext_lazy("hidden")
ANONYMOUS = Q(is_history=True) & ~Q(study_id="")  # a study's forms that nobody follows up


@dataclass(frozen=True, slots=True)
class Material:
    """One set of forms that can be counted: our own, or one wave of a study."""

    key: str
    label: str | Promise
    url: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table. No count means hidden."""

    label: str
    count: int | None

    @property
    def shown(self) -> str | Promise:
        return HIDDEN if self.count is None else str(self.count)


@dataclass(frozen=True, slots=True)
class Distribution:
    """Signed forms by sum and by band."""

    instrument: Instrument
    materials: tuple[Material, ...]
    material: str
    is_suppressed: bool
    is_own_unit: bool
    is_study: bool  # anonymous forms, about nobody who lives here
    total: int | None
    lines: tuple[Line, ...]
    chart: charts.BarChart | None
    mean: float | None
    undecided: int | None
    alerts: int | None
    sentence: str


def distribution(*, viewer: Viewer, slug: str, material: str = "") -> Distribution:
    """How do the results fall? A leader counts her own unit's; others count all units', suppressed.

    Shape   the anonymous forms of a study are about nobody who lives here: they are shown whole to all who see figures,
            and to those who import them, who see nothing else. Without `material` it is our own, or the first there is.
    Errors  Http404 for those who see no figures, and for a material that is not there. Where there is none at all, the
            page is empty for those who import, and says so.
    """
    sees_our_own = viewer.may(Permission.SEE_FIGURES)
    if not (sees_our_own or viewer.may(Permission.IMPORT)):
        raise Http404
    form = instrument(slug)
    leads = viewer.may(Permission.SEE_UNIT) and viewer.unit_id is not None
    counted = Response.objects.counted().filter(instrument=slug)
    if leads or not sees_our_own:
        counted = counted.filter(ANONYMOUS | Q(unit_id=viewer.unit_id) if leads else ANONYMOUS)
    materials = _materials(counted, has_our_own=sees_our_own)
    material = material or (materials[0].key if materials else NONE)
    if material not in {m.key for m in materials} | ({NONE} if not materials else set()):
        raise Http404
    chosen = _of(counted, material)
    is_study = material != OWN and not chosen.exclude(ANONYMOUS).exists()
    address = reverse("instruments:distribution", args=[slug])
    materials = tuple(
        Material(m.key, m.label, f"{address}?{urlencode({'material': m.key})}", m.key == material) for m in materials
    )
    rows = list(chosen.values_list("lowest", "highest", "total", "alerts"))
    return _counted(form, rows, materials, material, own_unit=leads and not is_study, is_study=is_study)


def _of(counted: QuerySet[Response], material: str) -> QuerySet[Response]:
    if material == NONE:
        return counted.none()
    if material == OWN:
        return counted.filter(study_id="")
    study, wave = material.split(":", 1)
    return counted.filter(study_id__startswith=f"{study}:", occasion=wave)


def _materials(counted: QuerySet[Response], *, has_our_own: bool) -> tuple[Material, ...]:
    found = [Material(OWN, _("Our own forms"))] if has_our_own else []
    pairs = counted.exclude(study_id="").order_by("occasion").values_list("study_id", "occasion").distinct()
    waves = sorted({(study.split(":", 1)[0], wave) for study, wave in pairs})
    for study, wave in waves:
        found.append(Material(f"{study}:{wave}", _study_name(study, wave)))
    return tuple(found)


def _study_name(study: str, wave: str) -> str:
    """As its mapping calls it; a mapping that somebody brought along is not kept, and leaves the keys."""
    try:
        known = mapping(study)
    except Http404:
        return f"{study}: {wave}"
    title = next((_(each.title) for each in known.waves if each.key == wave), wave)
    return f"{_(known.title)}: {title}"


def _counted(
    form: Instrument,
    rows: list[tuple],
    materials: tuple[Material, ...],
    material: str,
    *,
    own_unit: bool,
    is_study: bool,
) -> Distribution:
    hide = not (own_unit or is_study)
    bands: Counter[str] = Counter()
    for lowest, highest, _total, _alerts in rows:
        floor = form.band_of(lowest)
        sure = floor is form.band_of(highest) or floor is not form.bands[0]
        bands[floor.key if sure else ""] += 1
    keys = [band.key for band in form.bands] + [""]
    counts = [bands[key] for key in keys]
    shown = suppress(counts) if hide else tuple(counts)
    names = [_band_name(form, i) for i in range(len(form.bands))] + [_("Not decided, answers missing")]
    totals = [total for _low, _high, total, _alerts in rows if total is not None]
    total = None if hide and len(rows) < FEWEST else len(rows)
    drawn = bool(totals) if is_study else own_unit and _may_draw(form, totals)
    has_mean = bool(totals) if is_study else own_unit and len(totals) >= form.bars_from
    over = sum(count for key, count in zip(keys, counts, strict=True) if key not in ("", form.bands[0].key))
    return Distribution(
        instrument=form,
        materials=materials,
        material=material,
        is_suppressed=hide,
        is_own_unit=own_unit,
        is_study=is_study,
        total=total,
        lines=tuple(Line(name, count) for name, count in zip(names, shown, strict=True)),
        chart=_by_sum(form, totals) if drawn else None,
        mean=round(sum(totals) / len(totals), 1) if has_mean else None,
        undecided=None if hide else bands[""],
        alerts=None if hide else sum(1 for *_rest, alerts in rows if alerts),
        sentence=_sentence(form, len(rows), over, hide=hide or not rows),
    )


def _may_draw(form: Instrument, totals: list[int]) -> bool:
    """May the sums be drawn one by one? Only of many forms, and when no sum stands for a few persons."""
    return len(totals) >= form.bars_from and not any(is_small(count) for count in Counter(totals).values())


def _band_name(form: Instrument, i: int) -> str:
    limits = [band.at_least for band in form.bands] + [form.max_points + 1]
    return f"{_(form.bands[i].label)} ({limits[i]}–{limits[i + 1] - 1})"


def _sentence(form: Instrument, forms: int, over: int, *, hide: bool) -> str:
    if hide:
        return ""
    return _("%(over)s of %(forms)s forms reach %(limit)s points or more.") % {
        "over": over,
        "forms": forms,
        "limit": form.limits[0],
    }


def _by_sum(form: Instrument, totals: list[int]) -> charts.BarChart:
    """One bar for each sum, complete forms only."""
    found = Counter(totals)
    kinds = {band.key: f"band{min(i, 2)}" for i, band in enumerate(form.bands)}
    bars = [
        charts.Bar(str(points), found[points], kinds[form.band_of(points).key])
        for points in range(form.min_points, form.max_points + 1)
    ]
    cuts = [charts.Cut(band.at_least, str(band.at_least)) for band in form.bands[1:]]
    return charts.bar_chart(bars, cuts)
