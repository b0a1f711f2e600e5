"""The revisions of the case database, one file per schema version; run by `lib.database.upgrade`."""
