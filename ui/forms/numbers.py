"""Numbers as people write them: pounds with commas, days in halves."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError


class MoneyField(forms.DecimalField):
    """Pounds and pence: "£1,250.50" is read as 1250.50."""

    govuk_params = {"prefix": {"text": "£"}, "classes": "govuk-input--width-10"}

    def __init__(self, *, max_digits: int = 12, decimal_places: int = 2, **kwargs: Any) -> None:
        super().__init__(max_digits=max_digits, decimal_places=decimal_places, **kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # as DecimalField does
        if isinstance(value, str):
            value = value.replace("£", "").replace(",", "").replace(" ", "")
        return super().to_python(value)


class HalfDayField(forms.DecimalField):
    """Days in halves or quarters of a day (`step`): "2.5" and "2½" are the same; in the policies' own unit, days."""

    govuk_params = {"suffix": {"text": "days"}, "classes": "govuk-input--width-4"}
    _FRACTIONS = {"¼": ".25", "½": ".5", "¾": ".75"}

    def __init__(self, *, step: Decimal = Decimal("0.5"), **kwargs: Any) -> None:
        self.step = step
        super().__init__(max_digits=7, decimal_places=2, **kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # as DecimalField does
        if isinstance(value, str):
            value = value.strip()
            for sign, decimals in self._FRACTIONS.items():
                if value.endswith(sign):
                    value = (value[: -len(sign)].strip() or "0") + decimals
        return super().to_python(value)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and value % self.step:
            unit = "half days, like 2 or 2.5" if self.step == Decimal("0.5") else f"steps of {self.step}"
            raise ValidationError(f"{self.label or 'Days'} must be in {unit}", code="step")
