"""The tagger: a person says something of one face after the other, one key each."""
