package reports

import (
	"strconv"
	"testing"
	"time"
)

// A typed cell gives back the engine's own text, from the workbook and from a CSV file that a spreadsheet program saved of it.
func TestKindText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		kind       Kind
		cell, want string
	}{
		{ID, "1000010", "1000010"}, {ID, "1.00001E+06", "1000010"}, {ID, "0012", "12"}, {ID, "9007199254740995", "9007199254740995"},
		{Amount, "1,029", "1029"}, {Amount, "2.5", "2.5"}, {Amount, "", ""}, {Amount, "[c]", "[c]"},
		{Date, "46327", "2026-11-01"}, {Date, "01/11/2026", "2026-11-01"}, {Date, "2026-11-01", "2026-11-01"}, {Date, "0024-01-01", "0024-01-01"},
		{Moment, "46327.3125", "2026-11-01 07:30:00"}, {Moment, "01/11/2026 07:30:00", "2026-11-01 07:30:00"}, {Moment, "46327", "2026-11-01 00:00:00"},
		{YesOrNo, "1", "true"}, {YesOrNo, "FALSE", "false"}, {YesOrNo, "maybe", "maybe"},
		{Plain, "46327", "46327"}, {Plain, "1,029", "1,029"},
	} {
		if got := test.kind.Text(test.cell); got != test.want {
			t.Errorf("kind %d of %q: %q, want %q", test.kind, test.cell, got, test.want)
		}
	}
	for second := range 86400 { // each second of a day survives the spreadsheet's fraction of a day
		at := time.Date(2026, 10, 25, 0, 0, second, 0, time.UTC)
		serial := float64(at.Unix())/86400 + 25569
		if got := Moment.Text(strconv.FormatFloat(serial, 'f', -1, 64)); got != at.Format(time.DateTime) {
			t.Fatalf("%s comes back as %s", at, got)
		}
	}
}

func TestHeading(t *testing.T) {
	t.Parallel()
	for column, want := range map[string]string{
		"asked_by_worker_id": "Asked by worker ID", "is_standing": "Standing", "count_rows_stopped": "Rows stopped",
		"nhs_number_standing": "NHS number standing", "person_id": "Person ID",
	} {
		if got := Heading(column); got != want {
			t.Errorf("%s: %q, want %q", column, got, want)
		}
	}
}
