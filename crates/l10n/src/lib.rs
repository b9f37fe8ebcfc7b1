//! Words for people, in all languages of guestlist.
