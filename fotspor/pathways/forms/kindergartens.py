"""Reading a place in a kindergarten, the end of one, and why a journey was opened by mistake."""

from django.utils.translation import gettext_lazy as _

from fotspor.kit import forms


class NewPlace(forms.Form):
    """Which kindergarten, and when."""

    kindergarten = forms.SelectField(label=_("Which kindergarten?"), empty=_("Choose a kindergarten"))
    from_on = forms.DayField(label=_("From which day?"))
    until_on = forms.DayField(
        label=_("Until which day?"), required=False,
        help_text=_("The first day without the place. Leave it empty when nobody knows."),
    )  # fmt: skip

    def __init__(self, *args, kindergartens=(), **options):
        super().__init__(*args, **options)
        self.fields["kindergarten"].choices = [*self.fields["kindergarten"].choices, *kindergartens]


class EndOfPlace(forms.Form):
    """Which place ends, and when."""

    place = forms.SelectField(label=_("Which place?"))
    until_on = forms.DayField(
        label=_("From which day is the place free?"),
        help_text=_("The first day without the place. If it was never taken: the day it began."),
    )

    def __init__(self, *args, places=(), **options):
        super().__init__(*args, **options)
        self.fields["place"].choices = list({place.unit.key: place.unit.name for place in places}.items())


class Named(forms.Form):
    """Who in the kindergarten sees that a protected child is invited."""

    staff = forms.ChecksField(
        label=_("Who in the kindergarten?"),
        help_text=_("As few as possible. Agree with the family first."),
        error_messages={"required": _("Choose at least one.")},
    )

    def __init__(self, *args, staff=(), **options):
        super().__init__(*args, **options)
        self.fields["staff"].choices = staff


class Mistake(forms.Form):
    """Why something was recorded that should not have been: a journey, a closing, a death, a move."""

    reason = forms.LongTextField(
        label=_("What went wrong?"), max_length=500, rows=3,
        help_text=_("At least ten characters. Stored encrypted, and shown with the facts about the person."),
    )  # fmt: skip


class NotMoved(Mistake):
    """Why a move out was no move, and for whom of those who were recorded with it."""

    also = forms.ChecksField(label=_("Who else did not move?"), required=False)
    field_order = ["also", "reason"]

    def __init__(self, *args, along=(), **options):
        super().__init__(*args, **options)
        self.fields["also"].choices = along
        self.fields["also"].initial = [key for key, _name in along]
        if not along:
            del self.fields["also"]
