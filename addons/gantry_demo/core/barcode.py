"""EAN-13 numbers."""

__all__ = ["ean13"]


def ean13(prefix, number):
    """Return the EAN-13 of a prefix and an item number, with its check digit.

    GS1 leaves prefixes 200 to 299 to a company's own use, so no number of the story can be
    somebody's real article.

    >>> ean13("200", 1)
    '2000000000015'
    >>> ean13("400638", 133393)
    '4006381333931'
    """
    body = prefix + str(number).rjust(12 - len(prefix), "0")
    if len(body) != 12 or not body.isdigit():
        raise ValueError(f"{prefix} and {number} do not make twelve digits.")
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return body + str(-total % 10)
