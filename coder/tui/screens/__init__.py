"""The screens of a study, one module each, and dialogs that belong to one of them."""
