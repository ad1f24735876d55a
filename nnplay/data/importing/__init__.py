"""Tables, series and image folders of the user's own."""
