// Makes way for the first test of this target.
