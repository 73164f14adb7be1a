"""Reading a population register's file and its mapping."""

import tomllib

from django.utils.translation import gettext_lazy as _

from fotspor.kit import forms
from fotspor.kit.definitions import BadDefinition, validate
from fotspor.pathways.rules.register_files import MOST_BYTES, Layout

MOST_MAPPING_BYTES = 100_000


class RegisterFile(forms.Form):
    """A file, and how it is to be read when it is not written in the documented layout."""

    file = forms.FileField(label=_("The register's file"), help_text=_("CSV or XLSX. It is read now, and not kept."))
    mapping = forms.FileField(
        label=_("Mapping"), required=False, help_text=_("A TOML file. Without one the documented layout is used.")
    )
    rows = forms.NumberField(
        label=_("Number of rows in the file"),
        required=False,
        min_value=1,
        help_text=_(
            "As whoever made it says, without the line of headings. Empty when the last line of the file says it."
        ),
    )
    accepts_missing = forms.CheckField(
        label=_("I know that the file is whole, although it looks cut off"),
        help_text=_("A file that lacks many of our children, their guardians, or rows that the last one had."),
    )

    def clean_file(self):
        """The file's name and content."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is too large. Use the command `fotspor import people`."))
        return file.name, file.read()

    def clean_mapping(self):
        """The layout that the mapping describes, or none."""
        file = self.cleaned_data["mapping"]
        if not file:
            return None
        try:
            document = tomllib.loads(file.read(MOST_MAPPING_BYTES).decode())
            return validate(Layout, document, file.name)
        except (ValueError, RecursionError, BadDefinition) as error:  # brackets within brackets without end
            raise forms.ValidationError(_("This is not a mapping: %(why)s") % {"why": str(error)[:300]}) from None


class ProposalAnswer(forms.Form):
    """Is the row the one we have?"""

    answer = forms.RadioField(
        label=_("Is it the same person?"),
        choices=[("same", _("It is the same person")), ("another", _("It is another person"))],
    )

    @property
    def is_same(self) -> bool:
        return self.cleaned_data["answer"] == "same"
