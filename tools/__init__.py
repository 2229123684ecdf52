"""Scripts for whoever changes the package; the package itself needs none of them."""
