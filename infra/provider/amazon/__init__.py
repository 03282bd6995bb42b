"""AWS's own services, as our provider's resources ask them: clients, tries, and errors that say the mend."""
