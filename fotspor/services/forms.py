"""What administrators, leaders and staff type about places, people and themselves."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from fotspor.kit import forms
from fotspor.kit.numbers import BadNumber, read_number
from fotspor.services import labels, rules
from fotspor.services.rules import staff_files

NONE = _("None")
CHOOSE = _("Choose")


class Versioned(forms.Form):
    """A form about something that may have changed meanwhile. Without a version it is as old as can be."""

    version = forms.VersionField(required=False)

    def clean_version(self):
        return self.cleaned_data["version"] or 0


class Municipality(Versioned):
    name = forms.TextField(label=_("Name"), max_length=100)
    number = forms.TextField(label=_("Municipality number"), help_text=_("Four digits."), max_length=4)
    organisation_number = forms.TextField(label=_("Organisation number"), max_length=11, required=False)
    phone = forms.TextField(label=_("Telephone"), max_length=20, required=False)

    def clean_number(self):
        return _digits(self.cleaned_data["number"], 4)

    def clean_organisation_number(self):
        number = "".join(self.cleaned_data["organisation_number"].split())
        if number and not rules.is_organisation_number(number):
            raise forms.ValidationError(_("The number is not right: nine digits, and the last one follows from them."))
        return number


class District(Versioned):
    code = forms.TextField(
        label=_("District code"), help_text=_("As it stands in the population register."), max_length=6
    )
    name = forms.TextField(label=_("Name"), max_length=100)


class UnitDetails(Versioned):
    """A unit as it can be changed. Which kind it is cannot: it decides who sees what."""

    name = forms.TextField(label=_("Name"), max_length=100)
    district = forms.SelectField(label=_("In the district"), required=False)
    serves = forms.ChecksField(
        label=_("Serves addresses in"),
        help_text=_("A child or a pregnancy with an address here comes to this unit when nobody hands it over."),
        required=False,
    )
    shares = forms.CheckField(
        label=_("Another unit of the same kind may serve the same district"),
        help_text=_("The first by name then gets the children, and can send them on."),
    )
    signs_in = forms.CheckField(
        label=_("Signs in and can hold a baton"),
        help_text=_("Without this it is a stop on the trail, and the sender holds the baton meanwhile."),
    )
    opens_at_time = forms.TimeField(label=_("Opening time"))
    closes_at_time = forms.TimeField(
        label=_("Closing time"),
        help_text=_("A safety conversation still open then goes to the leader and the out-of-hours route."),
    )
    out_of_hours = forms.TextField(label=_("Out-of-hours route"), max_length=200, required=False)
    phone = forms.TextField(label=_("Telephone"), max_length=20, required=False)

    def __init__(self, *args, districts, **more):
        super().__init__(*args, **more)
        self.fields["district"].choices = [("", NONE), *districts]
        self.fields["serves"].choices = districts


class NewUnit(UnitDetails):
    kind = forms.SelectField(
        label=_("Kind"), help_text=_("It decides the sector, and cannot be changed afterwards."), empty=CHOOSE
    )
    from_on = forms.DayField(label=_("Opens on"))

    field_order = ("kind", "name")

    def __init__(self, *args, kinds, **more):
        super().__init__(*args, **more)
        self.fields["kind"].choices = [("", CHOOSE), *kinds]


class Closing(Versioned):
    until_on = forms.DayField(label=_("First day it is closed"))


class StaffDetails(Versioned):
    given_name = forms.TextField(label=_("Given name"), max_length=100)
    family_name = forms.TextField(label=_("Family name"), max_length=100)
    title = forms.TextField(label=_("Title"), max_length=100, required=False)
    email = forms.EmailField(
        label=_("E-mail address"), help_text=_("Used to sign in. Nothing is sent to it."), max_length=254
    )
    identity_number = forms.TextField(
        label=_("Identity number"),
        help_text=_("Kept only so that nobody can open their own or their family's record. It cannot be read again."),
        max_length=14,
        required=False,
    )

    def clean_identity_number(self):
        try:
            identifier = read_number(self.cleaned_data["identity_number"])
        except BadNumber as refused:
            raise forms.ValidationError(refused.message) from None
        return identifier.number if identifier else ""

    def newcomer(self) -> rules.Newcomer:
        typed = self.cleaned_data
        return rules.Newcomer(
            email=typed["email"],
            given_name=typed["given_name"],
            family_name=typed["family_name"],
            title=typed["title"],
            identity_number=typed["identity_number"],
        )


class Post(forms.Form):
    unit = forms.SelectField(label=_("Unit"))
    role = forms.RadioField(label=_("Role"))
    from_on = forms.DayField(label=_("First day"))
    until_on = forms.DayField(
        label=_("First day without the post"), help_text=_("Leave it empty when no end is agreed."), required=False
    )

    def __init__(self, *args, units, **more):
        super().__init__(*args, **more)
        self.fields["unit"].choices = [("", CHOOSE), *units]
        _offer_roles(self.fields["role"])


class NewStaff(StaffDetails):
    unit = forms.SelectField(label=_("Unit"))
    role = forms.RadioField(label=_("Role"))

    def __init__(self, *args, units, **more):
        super().__init__(*args, **more)
        self.fields["unit"].choices = [("", CHOOSE), *units]
        _offer_roles(self.fields["role"])


class Ending(forms.Form):
    until_on = forms.DayField(label=_("First day without the post"))


class Absence(forms.Form):
    substitute = forms.SelectField(
        label=_("Who answers meanwhile?"), help_text=_("Tasks and batons are shown to this person, and to the unit.")
    )
    from_on = forms.DayField(label=_("First day away"))
    until_on = forms.DayField(label=_("First day back"))

    def __init__(self, *args, substitutes, **more):
        super().__init__(*args, **more)
        self.fields["substitute"].choices = [("", CHOOSE), *substitutes]


class Return(forms.Form):
    until_on = forms.DayField(label=_("First day back"))


class Reset(forms.Form):
    identity_checked_how = forms.LongTextField(
        label=_("How did you make sure who it is?"),
        help_text=_("For example: met in person and showed a passport. It stands in the log with your name."),
        min_length=rules.IDENTITY_CHECK_LENGTH,
        max_length=300,
    )


class Nothing(forms.Form):
    """A button alone."""


class Leaving(forms.Form):
    sure = forms.CheckField(label=_("I am sure that this is the right person"), required=True)


class Password(forms.Form):
    password = forms.TextField(
        label=_("Password"),
        help_text=_("At least 14 characters. A sentence is easier to remember than a word."),
        strip=False,
        attributes={"type": "password", "autocomplete": "new-password"},
    )
    again = forms.TextField(
        label=_("The same password again"),
        strip=False,
        attributes={"type": "password", "autocomplete": "new-password"},
    )

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        for name in ("password", "again"):
            self.fields[name].widget.input_type = "password"

    def clean(self):
        typed = super().clean()
        if typed.get("password") and typed.get("again") and typed["password"] != typed["again"]:
            self.add_error("again", _("The two passwords are not the same."))
        return typed


class Unlock(forms.Form):
    password = forms.TextField(
        label=_("Password"), strip=False, attributes={"type": "password", "autocomplete": "current-password"}
    )

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.fields["password"].widget.input_type = "password"


class Setup(Password):
    """The first page of a new installation."""

    code = forms.TextField(label=_("The code"), help_text=_("From `fotspor setup` on the server."), max_length=40)
    municipality = forms.TextField(label=_("The municipality's name"), max_length=100)
    number = forms.TextField(label=_("Municipality number"), help_text=_("Four digits."), max_length=4)
    given_name = forms.TextField(label=_("Your given name"), max_length=100)
    family_name = forms.TextField(label=_("Your family name"), max_length=100)
    email = forms.EmailField(
        label=_("Your e-mail address"), help_text=_("Used to sign in. Nothing is sent to it."), max_length=254
    )

    field_order = ("code", "municipality", "number", "given_name", "family_name", "email", "password", "again")

    def clean_number(self):
        return _digits(self.cleaned_data["number"], 4)

    def newcomer(self) -> rules.Newcomer:
        typed = self.cleaned_data
        return rules.Newcomer(typed["email"], typed["given_name"], typed["family_name"])


class StaffFile(forms.Form):
    """A file of staff, read and never kept."""

    file = forms.FileField(
        label=_("The file"),
        help_text=_("CSV with comma or semicolon, at most 2 MB, 5,000 rows. It is read now, and not kept."),
        attributes={"accept": ".csv,text/csv"},
    )

    def clean_file(self):
        """The file's name and content, which can be read."""
        file = self.cleaned_data["file"]
        content = file.read(staff_files.MOST_BYTES + 1)
        try:
            staff_files.read(content)
        except staff_files.BadFile as bad:
            raise forms.ValidationError(labels.FILE_FAULTS[bad.fault] % {"detail": bad.detail}) from None
        return file.name, content


class StaffFileSeen(forms.Form):
    """The button under a preview, with the file it showed."""

    sealed = forms.HiddenField()


class Settings(Versioned):
    language = forms.RadioField(
        label=_("Language"),
        help_text=_("Used when you sign in. The buttons in the menu change it in this browser until then."),
        choices=[("", _("As the browser says")), *settings.LANGUAGES],
        required=False,
    )
    scheme = forms.RadioField(label=_("Colours"), choices=[("light", _("Light")), ("auto", _("As the device says"))])
    hides_details = forms.CheckField(
        label=_("Hide details in lists"),
        help_text=_("For screens in shared rooms: «Conversation today» instead of what it is about."),
    )
    uses_shortcuts = forms.CheckField(
        label=_("Single-key shortcuts"), help_text=_("«/» for search, «?» for the list. Turn off with voice control.")
    )


def _offer_roles(field) -> None:
    field.choices = [(key, name) for key, name in labels.ROLE_NAMES.items() if key in labels.ROLE_ICONS]
    field.descriptions = {key: labels.role_sentence(key) for key, _name in field.choices}


def _digits(text: str, count: int) -> str:
    if len(text) != count or not text.isascii() or not text.isdigit():
        raise forms.ValidationError(_("Write %(count)d digits.") % {"count": count})
    return text
