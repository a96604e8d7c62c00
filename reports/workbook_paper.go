package reports

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// PaperWidth is how many characters of width A4 across takes without being made smaller: the columns of a sheet that is read on
// paper should need no more.
const PaperWidth = 150

// OnPaper has the table's sheet printed on A4 across, the line of its header on every page, and what names a row where it goes
// over several.
func (t Table) OnPaper(file *excelize.File, header int) error {
	if err := onPaper(file, t.Name, max(1, t.PagesWide)); err != nil {
		return err
	}
	return t.repeat(file, header)
}

// onPaper has a sheet printed on A4 across, so many pages wide and as long as it takes, each page with its number.
func onPaper(b *excelize.File, sheet string, wide int) error {
	const a4 = 9
	landscape, size, long, fit, side, end, foot := "landscape", a4, 0, true, 0.4, 0.6, 0.3 // margins in inches
	order := "overThenDown"                                                                // the pages of one row lie together
	if err := b.SetPageLayout(sheet, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &size, FitToWidth: &wide, FitToHeight: &long, PageOrder: &order}); err != nil {
		return err
	}
	margins := &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side, Top: &end, Bottom: &end, Header: &foot, Footer: &foot}
	if err := b.SetPageMargins(sheet, margins); err != nil {
		return err
	}
	if err := b.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddFooter: "&L&A&RPage &P of &N"}); err != nil {
		return err
	}
	return b.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit})
}

// repeat has the header printed on every page, and what names a row too where the table goes over several pages.
func (t Table) repeat(b *excelize.File, header int) error {
	sheet := "'" + strings.ReplaceAll(t.Name, "'", "''") + "'!"
	titles := fmt.Sprintf("%s$%d:$%d", sheet, header, header)
	if t.PagesWide > 1 {
		last, err := excelize.ColumnNumberToName(max(1, t.Keys))
		if err != nil {
			return err
		}
		titles = sheet + "$A:$" + last + "," + titles
	}
	return b.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: titles, Scope: t.Name})
}

// FitPaper gives columns the width of their longest texts, within limits, and the sheet as many pages across as it takes to print
// them about as large as they are written.
func (t *Table) FitPaper(longest []int) {
	const least, most, over = 8, 48, 1.1 // a tenth smaller is legible
	var all, keys float64
	t.Widths = nil
	for i, length := range longest {
		heading := (utf8.RuneCountInString(t.Header[i]) + 2) / 2 // it may stand on two lines, but no word of it on both
		for word := range strings.FieldsSeq(t.Header[i]) {
			heading = max(heading, utf8.RuneCountInString(word)+1) // it is bold
		}
		width := min(max(math.Ceil(wider*float64(max(length, heading))+indent), least), most)
		t.Widths, all = append(t.Widths, width), all+width
		if i < max(1, t.Keys) {
			keys += width
		}
	}
	for t.PagesWide = 1; all+keys*float64(t.PagesWide-1) > PaperWidth*over*float64(t.PagesWide); {
		t.PagesWide++
	}
}

// width is a column's, in characters.
func (t Table) width(column int) float64 {
	switch {
	case column < len(t.Widths):
		return t.Widths[column]
	case column == 0:
		return 42
	}
	return 18
}

const wider, indent = 1.1, 1.5 // 12 points against the 11 that widths count in; what a cell keeps free

// Height is what a row's longest text needs when it is wrapped, since not every program works it out; 0 leaves it to them.
func (t Table) Height(row []string) float64 {
	const perLine, most = 16, 409 // points; a spreadsheet's limit
	lines := 1
	for i, text := range row {
		lines = max(lines, wrapped(text, max(1, int((t.width(i)-indent)/wider))))
	}
	if lines == 1 {
		return 0
	}
	return min(perLine*float64(lines), most)
}

// size gives a sheet its columns' widths, and its rows from a line on the height that they then need.
func (b *book) size(sheet string, first int, rows [][]string, widths ...float64) error {
	for i, width := range widths {
		column, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := b.SetColWidth(sheet, column, column, width); err != nil {
			return err
		}
	}
	for i, row := range rows {
		if height := (Table{Widths: widths}).Height(row); height > 0 {
			if err := b.SetRowHeight(sheet, first+i, height); err != nil {
				return err
			}
		}
	}
	return nil
}

// wrapped is how many lines a text takes: words stay whole where they can.
func wrapped(text string, perLine int) (lines int) {
	for paragraph := range strings.Lines(text) {
		lines++
		used := 0
		for _, word := range strings.Fields(paragraph) {
			long := utf8.RuneCountInString(word)
			if used > 0 && used+1+long > perLine {
				lines, used = lines+1, 0
			}
			if used > 0 {
				used++
			}
			lines += max(0, long-1) / perLine
			used += long - max(0, long-1)/perLine*perLine
		}
	}
	return lines
}

// parted is a note in lines that paper takes: a line runs on over the columns to its right, and a long one made the whole sheet small.
func parted(note string) (lines []string) {
	const most = 130
	return wrapLines(note, most)
}

// Wrap breaks a paragraph into lines of at most so many characters.
func Wrap(paragraph string, most int) string { return strings.Join(wrapLines(paragraph, most), "\n") }

func wrapLines(paragraph string, most int) (lines []string) {
	line := ""
	for word := range strings.FieldsSeq(paragraph) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > most {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(lines, line)
}
