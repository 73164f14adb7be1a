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
    accepts_missing = forms.CheckField(
        label=_("I know that many of our children are not in this file"),
        help_text=_("Without this, a file that lacks more than one in ten of them is taken to be cut off."),
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
        except (ValueError, BadDefinition) as error:
            raise forms.ValidationError(_("This is not a mapping: %(why)s") % {"why": str(error)[:300]}) from None
