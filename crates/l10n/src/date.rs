//! Dates as people write them.

use guestlist_core::Timestamp;
use guestlist_core::language::Language;
use icu_calendar::Date;
use icu_datetime::DateTimeFormatter;
use icu_datetime::fieldsets::YMD;
use icu_locale_core::Locale;

/// The day of an instant by UTC, as it is written in a language: "3 December 2026". In the Gregorian calendar for all; the
/// form is that of the Unicode Common Locale Data Repository.
#[must_use]
pub fn date(at: Timestamp, language: Language) -> String {
    written(at, language).unwrap_or_else(|| at.as_days().to_string())
}

/// `None` for an instant beyond the calendar, some hundred thousand years away.
fn written(at: Timestamp, language: Language) -> Option<String> {
    // British English has the day first, like all the others.
    let tag = if language == Language::English { "en-GB" } else { language.as_str() };
    let locale = Locale::try_from_str(&format!("{tag}-u-ca-gregory")).ok()?;
    let formatter = DateTimeFormatter::try_new(locale.into(), YMD::long()).ok()?;
    let day = jiff::Timestamp::from_millisecond(at.as_millis()).ok()?.to_zoned(jiff::tz::TimeZone::UTC).date();
    let (month, number) = (u8::try_from(day.month()).ok()?, u8::try_from(day.day()).ok()?);
    Some(formatter.format(&Date::try_new_iso(day.year().into(), month, number).ok()?).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_as_its_language_has_it() {
        // 2026-12-03T23:59:59Z
        let at = Timestamp::from_millis(1_796_342_399_000);
        let written: Vec<String> = Language::ALL.into_iter().map(|language| date(at, language)).collect();
        assert_eq!(
            written,
            [
                "3 December 2026",
                "3 ديسمبر 2026",
                "3 دسمبر، 2026",
                "3 Desember 2026",
                "3 Aralık 2026",
                "3 décembre 2026",
                "3. Dezember 2026",
                "3 de diciembre de 2026",
            ]
        );
    }

    #[test]
    fn an_instant_beyond_all_calendars_is_no_panic() {
        for millis in [i64::MIN, i64::MAX] {
            assert!(!date(Timestamp::from_millis(millis), Language::Arabic).is_empty());
        }
    }
}
