"""Scripts for those who change the package; the package itself needs none of them."""
