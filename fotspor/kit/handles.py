"""What stands in a form instead of a key, where the reader may not open what the key leads to."""

from django.utils.crypto import salted_hmac

LENGTH = 24  # 96 bits: no two choices of one form meet


def handle(purpose: str, about: str, key: str) -> str:
    """An opaque word for `key` in one form about `about`. It leads nowhere, and is another word in every other form."""
    return salted_hmac(f"fotspor.handle.{purpose}", f"{about}:{key}", algorithm="sha256").hexdigest()[:LENGTH]
