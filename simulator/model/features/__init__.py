"""The features of the model, one file each."""
