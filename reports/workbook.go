package reports

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Workbook writes tables as an accessible workbook (Government Analysis Function): a cover, a contents sheet with links, a
// notes sheet, then one table a sheet, marked as one. Rows are streamed through the scratch folder, which must be private, so
// a million of them need no more memory than a few.
func Workbook(w io.Writer, scratch string, about About, notes []string, tables []Table) (err error) {
	file := excelize.NewFile(excelize.Options{TmpDir: scratch})
	defer func() {
		if closing := file.Close(); err == nil {
			err = closing
		}
	}()
	b := &book{File: file}
	if err := b.properties(about); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	for _, step := range []func() error{
		b.styles,
		func() error { return b.SetSheetName("Sheet1", opening(tables)) },
		func() error { return b.cover(about) },
		func() error { return b.contents(tables) },
		func() error {
			return b.notes(notes, slices.ContainsFunc(tables, func(t Table) bool { return t.Hides }))
		},
	} {
		if err := step(); err != nil {
			return fmt.Errorf("write workbook: %w", err)
		}
	}
	for _, table := range tables {
		if err := b.table(table); err != nil {
			return fmt.Errorf("write sheet %s: %w", table.Name, err)
		}
	}
	if err := Save(w, scratch, file); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

// opening is the sheet that answers the reader's question, else the cover. It is the first from the start: a sheet that was
// streamed to the scratch folder cannot be moved.
func opening(tables []Table) string {
	if at := slices.IndexFunc(tables, func(t Table) bool { return t.First }); at >= 0 {
		return tables[at].Name
	}
	return "cover"
}

// WriteFile writes a report that was not there, readable by its owner alone: whole, or not at all where writing fails.
func WriteFile(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	buffer := bufio.NewWriter(file) // a template writes a few bytes at a time
	err = write(buffer)
	if err == nil {
		err = buffer.Flush()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

type book struct {
	*excelize.File
	title, heading, countHeading, body, count, share int // styles
	id, date, moment, yesOrNo                        int // styles of typed cells
	tables                                           int
}

func (b *book) properties(about About) error {
	at := about.AsAt.UTC().Format("2006-01-02T15:04:05Z") // not the clock: the same snapshot gives the same bytes
	return b.SetDocProps(&excelize.DocProperties{
		Title: about.Title, Creator: "careshare", LastModifiedBy: "careshare", Language: "en-GB", Created: at, Modified: at,
		Description: "Made from snapshot " + about.Run,
	})
}

func (b *book) styles() (err error) {
	wrap := &excelize.Alignment{WrapText: true, Vertical: "top", Horizontal: "left", Indent: 1} // or columns run into each other on paper
	right, oneDecimal := &excelize.Alignment{Horizontal: "right", Vertical: "top"}, "#,##0.0"
	left, whole, date, moment := &excelize.Alignment{Horizontal: "left", Vertical: "top", Indent: 1}, "0", "dd/mm/yyyy", "dd/mm/yyyy hh:mm:ss"
	under := []excelize.Border{{Type: "bottom", Color: "B1B4B6", Style: 1}}
	font := func(size float64, bold bool) *excelize.Font {
		return &excelize.Font{Family: "Arial", Size: size, Bold: bold}
	}
	for _, style := range []struct {
		into *int
		look excelize.Style
	}{
		{&b.title, excelize.Style{Font: font(16, true)}},
		{&b.heading, excelize.Style{Font: font(12, true), Alignment: wrap}},
		{&b.countHeading, excelize.Style{Font: font(12, true), Alignment: &excelize.Alignment{WrapText: true, Vertical: "top", Horizontal: "right"}}},
		{&b.body, excelize.Style{Font: font(12, false), Alignment: wrap, Border: under}},
		{&b.count, excelize.Style{Font: font(12, false), Border: under, Alignment: right, NumFmt: 3}},
		{&b.share, excelize.Style{Font: font(12, false), Border: under, Alignment: right, CustomNumFmt: &oneDecimal}},
		{&b.id, excelize.Style{Font: font(12, false), Border: under, Alignment: left, CustomNumFmt: &whole}},
		{&b.date, excelize.Style{Font: font(12, false), Border: under, Alignment: left, CustomNumFmt: &date}},
		{&b.moment, excelize.Style{Font: font(12, false), Border: under, Alignment: left, CustomNumFmt: &moment}},
		{&b.yesOrNo, excelize.Style{Font: font(12, false), Border: under, Alignment: left}},
	} {
		if *style.into, err = b.NewStyle(&style.look); err != nil {
			return err
		}
	}
	return nil
}

func (b *book) cover(about About) error {
	rows := [][]string{{"About", "What it says"}}
	for _, line := range about.Lines() {
		rows = append(rows, line[:])
	}
	return b.small("cover", about.Title, []string{"This sheet contains one table."}, rows, nil)
}

func (b *book) contents(tables []Table) error {
	rows := [][]string{{"Sheet", "Table"}, {"notes", "Shorthand and notes"}}
	links := []string{"", "notes"}
	for _, t := range tables {
		rows = append(rows, []string{t.Name, t.Title})
		links = append(links, t.Name)
	}
	return b.small("contents", "Contents", []string{"This sheet contains one table. Each name leads to its sheet."}, rows, links)
}

// notes explains the shorthand too, where there are numbers that it may stand for.
func (b *book) notes(notes []string, hides bool) error {
	rows := [][]string{{"Shorthand", "Meaning"}}
	if hides {
		rows = append(rows, []string{suppressed, "Suppressed: a small number, or one from which a small number could be worked out."}, []string{notAvailable, "Not available."})
	}
	for i, note := range notes {
		rows = append(rows, []string{fmt.Sprintf("[note %d]", i+1), note})
	}
	return b.small("notes", "Notes", []string{"This sheet contains one table."}, rows, nil)
}

// small writes a sheet of two columns that needs no streaming; links lead from its first column to other sheets.
func (b *book) small(sheet, title string, intro []string, rows [][]string, links []string) error {
	if _, err := b.NewSheet(sheet); err != nil {
		return err
	}
	if err := onPaper(b.File, sheet, 1); err != nil {
		return err
	}
	line := 1
	write := func(column int, text string, style int) error {
		cell, err := excelize.CoordinatesToCellName(column, line)
		if err != nil {
			return err
		}
		if err := b.SetCellStr(sheet, cell, text); err != nil {
			return err
		}
		return b.SetCellStyle(sheet, cell, cell, style)
	}
	if err := write(1, title, b.title); err != nil {
		return err
	}
	for _, text := range intro {
		line++
		if err := write(1, text, 0); err != nil {
			return err
		}
	}
	first := line + 1
	for i, row := range rows {
		line++
		for column, text := range row {
			if err := write(column+1, text, map[bool]int{true: b.heading, false: b.body}[i == 0]); err != nil {
				return err
			}
		}
		if links == nil || links[i] == "" {
			continue
		}
		if err := b.SetCellHyperLink(sheet, fmt.Sprintf("A%d", line), "'"+links[i]+"'!A1", "Location"); err != nil {
			return err
		}
	}
	if err := b.size(sheet, first, rows, 32, 90); err != nil {
		return err
	}
	b.tables++
	if err := b.SetSheetDimension(sheet, fmt.Sprintf("A1:B%d", line)); err != nil {
		return err
	}
	return b.AddTable(sheet, &excelize.Table{Range: fmt.Sprintf("A%d:B%d", first, line), Name: fmt.Sprintf("table_%d", b.tables), StyleName: "TableStyleLight1"})
}

// table streams one table to a sheet of its own.
func (b *book) table(t Table) error {
	if _, err := b.NewSheet(t.Name); err != nil {
		return err
	}
	if err := onPaper(b.File, t.Name, max(1, t.PagesWide)); err != nil {
		return err
	}
	if err := SetDimension(b.File, t.Name, len(t.Header), t.lines()); err != nil {
		return err
	}
	stream, err := b.NewStreamWriter(t.Name)
	if err != nil {
		return err
	}
	for i := range t.Header {
		if err := stream.SetColWidth(i+1, i+1, t.width(i)); err != nil {
			return err
		}
	}
	header, last, err := b.stream(stream, t)
	if err != nil {
		return err
	}
	corner, err := excelize.CoordinatesToCellName(len(t.Header), last)
	if err != nil {
		return err
	}
	b.tables++
	if err := stream.AddTable(&excelize.Table{Range: fmt.Sprintf("A%d:%s", header, corner), Name: fmt.Sprintf("table_%d", b.tables), StyleName: "TableStyleLight1"}); err != nil {
		return err
	}
	if err := t.repeat(b.File, header); err != nil {
		return err
	}
	for i := range t.Lines {
		if err := b.lines(t, header, i); err != nil {
			return err
		}
	}
	return stream.Flush()
}

// stream writes the title, the notes, the header and the rows; it returns the header's line and the last.
func (b *book) stream(stream *excelize.StreamWriter, t Table) (header, last int, err error) {
	line := 0
	write := func(cells ...any) error {
		line++
		return stream.SetRow(fmt.Sprintf("A%d", line), cells)
	}
	if err := write(excelize.Cell{StyleID: b.title, Value: t.Title}); err != nil {
		return 0, 0, err
	}
	for _, part := range t.intro() {
		if err := write(part); err != nil {
			return 0, 0, err
		}
	}
	cells := make([]any, len(t.Header))
	for i, name := range t.Header {
		cells[i] = excelize.Cell{StyleID: b.heading, Value: name}
		if i < len(t.Numeric) && t.Numeric[i] {
			cells[i] = excelize.Cell{StyleID: b.countHeading, Value: name}
		}
	}
	line++
	header = line
	if err := stream.SetRow(fmt.Sprintf("A%d", header), cells, excelize.RowOpts{Height: t.Height(t.Header)}); err != nil {
		return 0, 0, err
	}
	for row, err := range t.Rows {
		if err != nil {
			return 0, 0, err
		}
		line++
		if err := stream.SetRow(fmt.Sprintf("A%d", line), b.cells(row, t.Numeric), excelize.RowOpts{Height: t.Height(texts(row))}); err != nil {
			return 0, 0, err
		}
	}
	if line == header { // a table needs a row
		if err := write(Nothing); err != nil {
			return 0, 0, err
		}
	}
	return header, line, nil
}

// intro is the lines between a table's title and its header.
func (t Table) intro() (lines []string) {
	first := "This sheet contains one table."
	if len(t.Lines) > 0 {
		first = "This sheet contains one table, and charts of it to its right."
	}
	for _, note := range append([]string{first}, t.Notes...) {
		lines = append(lines, parted(note)...)
	}
	return lines
}

// lines is how many lines the sheet has: title, intro, header, rows. 0: that is not known yet.
func (t Table) lines() int {
	if t.Count == 0 {
		return 0
	}
	return 2 + len(t.intro()) + t.Count
}

// SetDimension says in the sheet itself how far it reaches, before its rows are streamed. Readers that stream a workbook
// believe it; the library's own word is one cell. Where the number of lines is not known, the sheet says nothing, and such
// readers count for themselves.
func SetDimension(file *excelize.File, sheet string, columns, lines int) error {
	if lines == 0 {
		return file.SetSheetDimension(sheet, "")
	}
	corner, err := excelize.CoordinatesToCellName(columns, lines)
	if err != nil {
		return err
	}
	return file.SetSheetDimension(sheet, "A1:"+corner)
}

// lines puts a real chart of some rows beside the table, with words for who cannot see it.
func (b *book) lines(t Table, header, number int) error {
	const height, lineHeight = 300, 20 // pixels
	l := t.Lines[number]
	place, err := excelize.CoordinatesToCellName(len(t.Header)+2, header+number*(height/lineHeight+1))
	if err != nil {
		return err
	}
	sheet := "'" + strings.ReplaceAll(t.Name, "'", "''") + "'!"
	from, to := header+1+l.First, header+l.First+l.Rows
	area := func(column, from, to int) string {
		name, _ := excelize.ColumnNumberToName(column + 1) // a column of the table
		return fmt.Sprintf("%s$%s$%d:$%s$%d", sheet, name, from, name, to)
	}
	var series []excelize.ChartSeries
	for i, column := range l.Columns {
		series = append(series, excelize.ChartSeries{
			Name: strings.Split(area(column, header, header), ":")[0], Categories: area(l.Names, from, to), Values: area(column, from, to),
			Line: excelize.LineOptions{Width: []float64{2, 1}[min(i, 1)]}, Marker: excelize.ChartMarker{Symbol: []string{"circle", "none"}[min(i, 1)]},
		})
	}
	black := excelize.Font{Color: "000000"}
	return b.AddChart(t.Name, place, &excelize.Chart{
		Type: excelize.Line, Series: series,
		Title:        excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: l.Title, Font: &excelize.Font{Size: 11, Bold: true}}}},
		Legend:       excelize.ChartLegend{Position: "bottom"},
		XAxis:        excelize.ChartAxis{Font: black},
		YAxis:        excelize.ChartAxis{MajorGridLines: true, Font: black, NumFmt: excelize.ChartNumFmt{CustomNumFmt: "0"}},
		Dimension:    excelize.ChartDimension{Width: 640, Height: height},
		ShowBlanksAs: "gap",
		Format:       excelize.GraphicOptions{AltText: "Chart: " + l.Title + ". The table holds its numbers."},
	})
}
