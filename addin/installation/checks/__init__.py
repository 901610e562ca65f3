"""What the doctor looks at, one part after the other. Each says what it saw; what cannot be looked at is said as well."""
