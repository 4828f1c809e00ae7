"""Normal forms: what two terms are compared by."""
