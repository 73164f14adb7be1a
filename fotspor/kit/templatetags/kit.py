"""Template tags of the house. They format; they never ask the database anything."""

from functools import lru_cache
from uuid import uuid4

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from fotspor.kit import charts, phrases

register = template.Library()

OWN_NAMES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}


@register.simple_tag
def icon_url(name):
    return f"{static('kit/built/icons.svg')}#i-{name}"


@register.simple_tag
def icon(name, label="", css="fs-icon"):
    """An icon of the sprite. Without a label it stands beside a word and is hidden from screen readers."""
    if not name:
        return ""
    return drawn_icon(str(name), str(label), css)


@lru_cache(maxsize=512)
def drawn_icon(name, label, css):
    drawn = '<svg class="{}" width="24" height="24" {} focusable="false"><use href="{}"/></svg>'
    said = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(drawn, css, said, icon_url(name))


@register.simple_tag
def own_name(code):
    return OWN_NAMES.get(code, code)


@register.simple_tag
def new_token():
    """A token for one form on one page; two forms on a page must not share one."""
    return uuid4().hex


@register.inclusion_tag("kit/breadcrumb.html")
def breadcrumb(*parts):
    """{% breadcrumb _("My day") day_url person.name %}: words and addresses in turn, then where you are."""
    *before, here = parts
    return {"crumbs": list(zip(before[::2], before[1::2], strict=True)), "here": here}


# --- dates and numbers -----------------------------------------------------------------------------------


def said(say):
    """A filter that shows nothing for nothing."""

    def filtered(value):
        return "" if value is None or value == "" else say(value)

    return filtered


def said_on(say):
    """The same for what depends on the day: {{ born_on|age_on:today }}."""

    def filtered(value, on):
        return "" if value is None or value == "" else say(value, on)

    return filtered


register.filter("day", said(phrases.day))
register.filter("day_year", said(lambda moment: phrases.day(moment, year=True)))
register.filter("short_day", said(phrases.short_day))
register.filter("short_day_year", said(lambda moment: phrases.short_day(moment, year=True)))
register.filter("weekday", said(phrases.weekday))
register.filter("clock", said(phrases.clock))
register.filter("instant", said(phrases.instant))
register.filter("instant_year", said(lambda moment: phrases.instant(moment, year=True)))
register.filter("grouped", said(phrases.grouped))
register.filter("days", said(phrases.days))
register.filter("near_day", said_on(phrases.near_day))
register.filter("age_on", said_on(phrases.age))
register.filter("pregnancy_week_on", said_on(phrases.pregnancy_week))


@register.simple_tag
def day_range(from_on, to_on, year=False):
    return phrases.day_range(from_on, to_on, year=year)


# --- drawings --------------------------------------------------------------------------------------------


@register.simple_tag
def window_bar(opens_on, due_on, closes_on, today):
    """A window bar from dates. A missing due or closing day falls on the other; without any there is no bar."""
    closes_on = closes_on or due_on
    due_on = due_on or closes_on
    if closes_on is None:
        return ""
    return drawn_window(charts.window_bar(opens_on or due_on, due_on, closes_on, today))


@lru_cache(maxsize=2048)
def drawn_window(bar):
    """Many windows on a list look the same: five numbers and no words."""
    return mark_safe(render_to_string("kit/window.html", {"bar": bar}))


@register.filter
def beside(cells, columns):
    """Each cell of a row beside the column it stands in."""
    return zip(columns, cells, strict=True)


@register.inclusion_tag("kit/pagination.html", takes_context=True)
def paginate(context, page, parameter="page"):
    """Links to the pages of a list; the rest of the address is kept."""
    query = context["request"].GET.copy()

    def address(number):
        query[parameter] = str(number)
        return f"?{query.urlencode()}"

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return {
        "pages": [
            {"number": n, "url": address(n) if isinstance(n, int) else "", "current": n == page.number} for n in numbers
        ],
        "previous": address(page.previous_page_number()) if page.has_previous() else "",
        "next": address(page.next_page_number()) if page.has_next() else "",
    }


@register.simple_tag
def foot():
    return icon("foot", css="fs-foot-print")
