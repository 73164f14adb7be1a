"""Form fields that draw themselves in Designsystemet markup. Forms read what a person typed; they never save.

    class Contact(forms.Form):
        held_on = forms.DayField(label=_("When was it?"))
        outcome = forms.RadioField(label=_("What happened?"), choices=Outcome.choices())

`{{ form.held_on }}` is label, description, control and error; `{{ form }}` is the error summary and every field.
"""

import re
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

ValidationError = forms.ValidationError
FIRST_YEAR = 1900  # an earlier year is a slip of the finger


class Renderer(DjangoTemplates):
    """Form templates of the kit, with the same built-in tags as every other template."""

    form_template_name = "kit/fields/form.html"

    @cached_property
    def engine(self):
        builtins = settings.TEMPLATES[0]["OPTIONS"].get("builtins", [])
        widgets = Path(forms.__file__).parent / "templates"
        return self.backend(
            {"APP_DIRS": True, "DIRS": [widgets], "NAME": "kit-forms", "OPTIONS": {"builtins": builtins}}
        )


@dataclass(frozen=True, slots=True)
class Option:
    """One radio or box as the template draws it."""

    id: str
    value: str
    label: Any
    type: str
    checked: bool
    description: Any = ""


class Bound(BoundField):
    """A field of a form on a page: knows its ids and what describes it."""

    def __str__(self):
        return self.as_widget() if self.is_hidden else self.render()

    __html__ = __str__

    @property
    def is_group(self) -> bool:
        return isinstance(self.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)

    @property
    def target(self) -> str:
        """Where a link in the error summary leads."""
        return f"{self.auto_id}_0" if self.is_group else self.auto_id

    @property
    def lead(self) -> str:
        """The label before an error in the summary."""
        label = str(self.label)
        return label if label.endswith(("?", ":", ".")) else f"{label}:"

    @property
    def is_optional(self) -> bool:
        return not self.field.required and getattr(self.field, "says_optional", True)

    @property
    def help_id(self) -> str:
        return f"{self.auto_id}_help"

    @property
    def error_id(self) -> str:
        return f"{self.auto_id}_error"

    @property
    def described_by(self) -> str:
        return " ".join([self.help_id] * bool(self.help_text) + [self.error_id] * bool(self.errors))

    @property
    def control(self) -> str:
        attributes = {"aria-describedby": self.described_by} if self.described_by else {}
        if self.field.required:
            attributes["aria-required"] = "true"
        return self.as_widget(attrs=attributes)

    @property
    def options(self) -> list[Option]:
        described = getattr(self.field, "descriptions", {})
        return [
            Option(
                id=choice.data["attrs"]["id"],
                value=choice.data["value"],
                label=choice.data["label"],
                type=choice.data["type"],
                checked=choice.data["selected"],
                description=described.get(choice.data["value"], ""),
            )
            for choice in self.subwidgets
        ]


class Fetched(QueryDict):
    """What was typed earlier and is now fetched: it stands in the form's boxes, and nothing is sent or judged yet."""

    @classmethod
    def of(cls, values: dict[str, list[str]]) -> "Fetched":
        fetched = cls(mutable=True)
        for name, each in values.items():
            fetched.setlist(name, each)
        return fetched


class Form(forms.Form):
    """The base of every form. The browser's own messages are off: ours are in the page's language, and in a summary."""

    default_renderer = Renderer
    bound_field_class = Bound
    use_required_attribute = False
    template_name = "kit/fields/form.html"

    # What came of it, see kit.answering: the action's result, its refusal, and what somebody else saved meanwhile.
    result: Any = None
    refused: Any = None
    meanwhile: Any = None

    def __init__(self, data: Any = None, *args, **options):
        self.fetched = data if isinstance(data, Fetched) else None
        super().__init__(None if self.fetched is not None else data, *args, **options)

    def get_initial_for_field(self, field, field_name):
        name, widget, fetched = self.add_prefix(field_name), field.widget, self.fetched
        if fetched is None or widget.needs_multipart_form or widget.value_omitted_from_data(fetched, {}, name):
            return super().get_initial_for_field(field, field_name)
        return widget.value_from_datadict(fetched, {}, name)

    @property
    def error_count(self) -> int:
        return sum(len(messages) for messages in self.errors.values())


class Asking(Form):
    """A form whose `confirmed` and `shown` come first when there is something to look at: see `errors.LookFirst`."""

    def __init__(self, *args, asks: bool = False, **options):
        super().__init__(*args, **options)
        if not asks:
            del self.fields["confirmed"], self.fields["shown"]

    def ask_again(self, shown: str) -> None:
        """Show the box, not ticked: a yes to something else does not count."""
        for name in ("confirmed", "shown"):
            self.fields[name] = deepcopy(self.base_fields[name])
        self.data = self.data.copy()
        self.data.pop("confirmed", None)
        self.data["shown"] = shown


class _Picked:
    """The browser's own picker, or plain text when what was typed is not something the picker could show again."""

    shown = re.compile("")

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        written = context["widget"]["value"]
        if written and not self.shown.fullmatch(written):
            context["widget"]["type"] = context["widget"]["attrs"]["type"] = "text"
        return context


class DayInput(_Picked, forms.DateInput):
    shown = re.compile(r"\d{4}-\d\d-\d\d")


class TimeInput(_Picked, forms.TimeInput):
    shown = re.compile(r"\d\d:\d\d(:\d\d)?")


EMPTY = {
    "required": _("Fill this in."),
    "min_length": _("Say it in a few words: at least %(limit_value)d characters."),
    "max_length": _("This is too long: %(show_value)d characters, and there is room for %(limit_value)d."),
}
TAMPERED = {
    "required": _("The page was out of date. Load it again."),
    "invalid": _("The page was out of date. Load it again."),
}
UNCHOSEN = {"required": _("Choose one."), "invalid_choice": _("Choose one of those listed.")}


class _Drawn:
    """Puts Designsystemet's class on the control, our template around it, and our words in its errors."""

    template_name = "kit/fields/around.html"
    says: dict[str, Any] = EMPTY
    attributes: dict[str, Any] = {}

    def __init__(self, *, attributes: dict[str, Any] | None = None, **options):
        options.setdefault("template_name", self.template_name)
        options["error_messages"] = {**self.says, **options.get("error_messages", {})}
        super().__init__(**options)
        self.widget.attrs = {"class": "ds-input", **self.attributes, **self.widget.attrs, **(attributes or {})}


class TextField(_Drawn, forms.CharField):
    """One line of text. `autocomplete` is off: shared rooms, shared browsers."""

    attributes = {"autocomplete": "off"}


class LongTextField(_Drawn, forms.CharField):
    """Several lines of text."""

    def __init__(self, *, rows: int = 3, **options):
        super().__init__(widget=forms.Textarea(attrs={"rows": rows, "cols": None}), **options)
        self.widget.attrs.pop("cols", None)


class EmailField(_Drawn, forms.EmailField):
    says = {**EMPTY, "invalid": _("Write an e-mail address, such as name@example.org.")}


class NumberField(_Drawn, forms.IntegerField):
    """A whole number."""

    says = {**EMPTY, "invalid": _("Write a whole number.")}
    attributes = {"inputmode": "numeric", "size": 6, "data-width": "auto"}
    widget = forms.TextInput


class DayField(_Drawn, forms.DateField):
    """A date. The browser shows its own calendar and sends ISO; 24.11.2026 and 241126 are read too."""

    says = {**EMPTY, "invalid": _("Write a date, such as 24.11.2026.")}
    attributes = {"data-width": "auto"}
    formats = [
        "%Y-%m-%d",
        "%d.%m.%Y",
        "%d.%m.%y",
        "%d%m%y",
        "%d%m%Y",
    ]  # six digits before eight: 241126 is not year 1126

    def __init__(self, **options):
        widget = DayInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(input_formats=self.formats, widget=widget, **options)

    def to_python(self, value):
        day = super().to_python(value)
        if day is not None and day.year < FIRST_YEAR:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class TimeField(_Drawn, forms.TimeField):
    """A time of day. 09.30, 09:30 and 0930 are read."""

    says = {**EMPTY, "invalid": _("Write a time, such as 09.30.")}
    attributes = {"data-width": "auto"}
    formats = ["%H:%M", "%H.%M", "%H%M", "%H:%M:%S"]

    def __init__(self, **options):
        widget = TimeInput(format="%H:%M", attrs={"type": "time"})
        super().__init__(input_formats=self.formats, widget=widget, **options)


class SelectField(_Drawn, forms.ChoiceField):
    """One of many. With `empty` the list opens on a line that chooses nothing."""

    says = UNCHOSEN

    def __init__(self, *, empty: Any = None, choices: Iterable = (), **options):
        super().__init__(choices=choices if empty is None else [("", empty), *choices], **options)


class RadioField(_Drawn, forms.ChoiceField):
    """One of a few, all seen. `descriptions` maps a value to a line under it."""

    template_name = "kit/fields/choices.html"
    says = UNCHOSEN
    widget = forms.RadioSelect

    def __init__(self, *, descriptions: dict[str, Any] | None = None, **options):
        super().__init__(**options)
        self.descriptions = descriptions or {}


class ChecksField(_Drawn, forms.MultipleChoiceField):
    """Any of a few, all seen."""

    template_name = "kit/fields/choices.html"
    says = UNCHOSEN
    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, descriptions: dict[str, Any] | None = None, **options):
        super().__init__(**options)
        self.descriptions = descriptions or {}


class CheckField(_Drawn, forms.BooleanField):
    """Yes when ticked. Required means that it must be ticked; by default it need not be."""

    template_name = "kit/fields/check.html"
    says = {"required": _("Tick this to go on.")}
    says_optional = False

    def __init__(self, *, required: bool = False, **options):
        super().__init__(required=required, **options)


class FileField(_Drawn, forms.FileField):
    """A file to upload. The form element needs enctype="multipart/form-data"."""

    says = {"required": _("Choose a file."), "empty": _("The file is empty."), "missing": _("Choose a file.")}
    widget = forms.FileInput


class HiddenField(_Drawn, forms.CharField):
    """A value the page carries. Never trusted: the action checks it."""

    template_name = "kit/fields/hidden.html"
    says = TAMPERED
    widget = forms.HiddenInput


class VersionField(_Drawn, forms.IntegerField):
    """Which version the page showed, for the optimistic lock: see kit.models.Versioned."""

    template_name = "kit/fields/hidden.html"
    says = TAMPERED
    widget = forms.HiddenInput
