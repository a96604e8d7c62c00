package pipeline

import (
	"path/filepath"
	"slices"
	"testing"

	"careshare/pipeline/snapshot"
	"careshare/reports"

	"github.com/xuri/excelize/v2"
)

// The auditors' extracts are printed about as large as they are written: no page holds more than it can show.
func TestTheAuditExtractsCanBeReadOnPaper(t *testing.T) {
	t.Parallel()
	w := demo(t)
	book, err := excelize.OpenFile(filepath.Join(w.lake(), "current", "reports", snapshot.AuditName, "audit-extracts.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	for _, sheet := range book.GetSheetList() {
		if slices.Contains([]string{"cover", "contents", "notes"}, sheet) {
			continue
		}
		layout, err := book.GetPageLayout(sheet)
		if err != nil {
			t.Fatal(err)
		}
		all := 0.0
		for column := 'A'; column <= 'T'; column++ {
			width, err := book.GetColWidth(sheet, string(column))
			if err != nil {
				t.Fatal(err)
			}
			if set := width != 9.140625; set { // what a column has that nobody has set
				all += width
			}
		}
		if all == 0 || all > 1.1*reports.PaperWidth*float64(*layout.FitToWidth) {
			t.Errorf("%s: %v characters on %d pages across", sheet, all, *layout.FitToWidth)
		}
	}
}
