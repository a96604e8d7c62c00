package transform

import (
	"fmt"
	"testing"
)

// TestMacros asks the macros that models lean on, at their edges; expected values are from the specifications that
// macros.sql names.
func TestMacros(t *testing.T) {
	db := open(t)
	cases := map[string]string{
		"is_nhs_number('9990000018')":                           "true",
		"is_nhs_number('9990000019')":                           "false",
		"is_nhs_number('0000000000')":                           "false", // the trace service's no match
		"is_nhs_number('9999999999')":                           "false", // its many matches
		"is_nhs_number('999000001')":                            "false",
		"is_nhs_number('99900000180')":                          "false",
		"is_nhs_number('999 000 0018')":                         "false",
		"is_nhs_number('٩٩٩٠٠٠٠٠١٨')":                           "false",
		"is_nhs_number('')":                                     "false",
		"is_nhs_number(null)":                                   "false",
		"is_nhs_number(9990000018::bigint)":                     "true",
		"is_nhs_number(0::bigint)":                              "false",
		"is_nhs_number(-9990000018::bigint)":                    "false",
		"is_nhs_number(99900000180::bigint)":                    "false",
		"nhs_number_text(101000001::bigint)":                    "0101000001",
		"nhs_number_text(99900000180::bigint)":                  "99900000180",
		"nhs_number_text(null)":                                 "null",
		"fold_name(' Zoë-Ann ')":                                "ZOEANN",
		"fold_name('O’Neil')":                                   "ONEIL",
		"fold_name('o''neil')":                                  "ONEIL",
		"fold_name('-')":                                        "null",
		"fold_name('Łukasz')":                                   "ŁUKASZ", // no accent but a letter
		"fold_postcode('e8 1dy')":                               "E81DY",
		"fold_postcode(' ')":                                    "null",
		"collection_miles(533500, 184500, 533500, 183000)":      "0.9",
		"collection_miles(533500, 184500, 530500, 188500)":      "3.1",
		"collection_miles(533500, 184500, null, null)":          "null",
		"placement_location('E09000012', 'E09000012')":          "IN",
		"placement_location('E09000030', 'E09000012')":          "OUT",
		"placement_location(null, 'E09000012')":                 "null",
		"text_of(chr(160) || ' a b' || chr(10))":                "a b",
		"printable('a' || chr(13) || chr(10) || 'b' || chr(9))": "a  b",
		"text_of(' ')":                                          "null",
		"age_in_years(date '2010-11-01', date '2026-11-01')":    "16",
		"age_in_years(date '2010-11-02', date '2026-11-01')":    "15",
		"age_in_years(date '2008-02-29', date '2026-02-28')":    "17",
		"age_in_years(date '2008-02-29', date '2026-03-01')":    "18",
		"age_in_years(null::date, date '2026-03-01')":           "null",
		"is_swapped(date '2000-01-02', date '2000-02-01')":      "true",
		"is_swapped(date '2000-01-02', date '2001-02-01')":      "false",
		"is_swapped(date '2000-01-02', date '2000-01-02')":      "false",
		"trace_moment('202610051330')":                          "2026-10-05 13:30:00",
		"trace_moment('20261005')":                              "2026-10-05 00:00:00",
		"trace_moment('202610')":                                "2026-10-01 00:00:00",
		"trace_moment('2026')":                                  "2026-01-01 00:00:00",
		"trace_moment('20261305')":                              "null",
		"trace_moment('yesterday')":                             "null",
		"digits_day('20261005')":                                "2026-10-05",
		"digits_day('2026')":                                    "null",
		"digits_day('202610051330')":                            "null",
		"digits_day('20261305')":                                "null",
		"day_in_name('MPTRES_20261031063000.csv')":              "2026-10-31 00:00:00",
		"day_in_name('trace-20261031-001.csv')":                 "2026-10-31 00:00:00",
		"day_in_name('trace.csv')":                              "null",
		"day_in_name('1234567890123456789.csv')":                "null",
		"is_snomed_code('342191000000101')":                     "true",
		"is_snomed_code('342191000000102')":                     "false", // the last digit is Verhoeff's
		"is_snomed_code('22298006')":                            "true",
		"is_snomed_code('22289006')":                            "false", // two digits exchanged
		"is_snomed_code('342191000000000')":                     "false", // as a spreadsheet leaves it
		"is_snomed_code('12345')":                               "false",
		"is_snomed_code('abcdef')":                              "false",
		"is_snomed_code(null)":                                  "false",
	}
	for expression, want := range cases {
		var got string
		query := fmt.Sprintf("select coalesce((%s)::varchar, 'null')", expression)
		if err := db.QueryRow(query).Scan(&got); err != nil {
			t.Errorf("%s: %v", expression, err)
		} else if got != want {
			t.Errorf("%s = %s, want %s", expression, got, want)
		}
	}
}
