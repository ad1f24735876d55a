"""What belongs to the program and the system it runs on: settings, files, errors, screenshots."""
