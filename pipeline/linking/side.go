package linking

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"careshare/extract/delimited"
	"careshare/sql"
	"careshare/transform/linkage"
)

// side is one file that link reads, as a view of the engine: all text, column names without blanks around them.
type side struct {
	view, file string
	source     string            // the file, for a query
	columns    []string          // as the file names them
	values     map[string]string // the expression of each column, by its name
}

// readSides makes left_side, right_side and decisions_side over the files. Converted copies go to a private folder.
func readSides(ctx context.Context, db *sql.DB, o Options, linked linkage.Options, private string) error {
	for _, s := range []side{{view: "left_side", file: o.Left}, {view: "right_side", file: o.Right}, {view: "decisions_side", file: o.Decisions}} {
		if s.file == "" {
			continue
		}
		if err := s.read(ctx, db, linked, private); err != nil {
			return err
		}
	}
	return nil
}

func (s *side) read(ctx context.Context, db *sql.DB, linked linkage.Options, private string) error {
	s.values = map[string]string{}
	open := s.openCSV
	if strings.EqualFold(filepath.Ext(s.file), ".parquet") {
		open = func(string) error { return s.openParquet(ctx, db) }
	}
	if err := open(private); err != nil {
		return withoutRow(fmt.Errorf("read %s: %w", s.file, err))
	}
	if s.view != "decisions_side" {
		if err := s.alignDates(ctx, db, linked); err != nil {
			return fmt.Errorf("read %s: %w", s.file, err)
		}
	}
	selected := make([]string, len(s.columns))
	for i, column := range s.columns {
		selected[i] = s.values[column] + " as " + doubled(column)
	}
	if _, err := db.ExecContext(ctx, fmt.Sprintf("create view %s as select %s from %s", s.view, strings.Join(selected, ", "), s.source)); err != nil {
		return withoutRow(err)
	}
	if s.view == "decisions_side" {
		return nil
	}
	return s.checkIDs(ctx, db, linked.Left.ID)
}

// openCSV reads the header in Go, as every reader of the project does, and gives the engine the columns by name.
func (s *side) openCSV(private string) error {
	if _, err := os.Stat(s.file); err != nil {
		return err
	}
	text, err := delimited.Open(s.file, delimited.Options{Strict: true, Folder: private})
	if err != nil {
		return err
	}
	header, err := text.Reader().Read()
	if errors.Is(err, io.EOF) {
		err = errors.New("it is empty")
	}
	if err == nil {
		s.columns, err = delimited.Header(header)
	}
	if err != nil {
		return errors.Join(delimited.Broken(err), text.Close())
	}
	path, err := text.Keep()
	if err != nil {
		return err
	}
	columns := make([]string, len(s.columns))
	for i, column := range s.columns {
		if column == "" { // spreadsheets add columns without a name
			s.columns[i] = fmt.Sprintf("column %d", i+1)
		}
		columns[i] = sql.Quote(s.columns[i]) + ": 'VARCHAR'"
		s.values[s.columns[i]] = delimited.UnescapeSQL(doubled(s.columns[i])) // it may be one of ours
	}
	s.source = fmt.Sprintf(`read_csv(%s, header = true, auto_detect = false, delim = %s, quote = '"', escape = '"', columns = {%s}, hive_partitioning = false)`,
		sql.Quote(absolute(path)), sql.Quote(string(text.Separator)), strings.Join(columns, ", "))
	return nil
}

func (s *side) openParquet(ctx context.Context, db *sql.DB) error {
	if _, err := os.Stat(s.file); err != nil {
		return err
	}
	s.source = sql.ParquetFile(absolute(s.file))
	rows, err := db.QueryContext(ctx, "select * from "+s.source+" limit 0")
	if err != nil {
		return err
	}
	names, err := rows.Columns()
	for _, name := range names {
		column := strings.TrimSpace(name)
		s.columns = append(s.columns, column)
		s.values[column] = doubled(name)
	}
	return errors.Join(err, rows.Close())
}

// checkIDs refuses two rows of one id: nobody could say which of them a pair means.
func (s *side) checkIDs(ctx context.Context, db *sql.DB, id string) error {
	if id == "" || !slices.Contains(s.columns, id) { // linkage says so
		return nil
	}
	var again int64
	query := fmt.Sprintf("select count(*) from (select 1 from %s where %s is not null group by %[2]s having count(*) > 1)", s.view, doubled(id))
	if err := db.QueryRowContext(ctx, query).Scan(&again); err != nil {
		return withoutRow(fmt.Errorf("read %s: %w", s.file, err))
	}
	if again > 0 {
		return fmt.Errorf("read %s: column %s: %d ids are on two rows or more; give each row its own", s.file, id, again)
	}
	return nil
}

// dateLayouts are how the engine reads each form that becomes yyyy-mm-dd.
var dateLayouts = map[delimited.DateForm]string{
	delimited.DayFirst:  "['%d/%m/%Y', '%d.%m.%Y', '%d-%m-%Y']",
	delimited.MonthName: "['%d-%b-%Y', '%d %b %Y', '%d %B %Y', '%d-%B-%Y']",
}

// alignDates makes the dates of a side yyyy-mm-dd. Where most values of a column cannot be read, the column and their form are named.
func (s *side) alignDates(ctx context.Context, db *sql.DB, linked linkage.Options) error {
	for _, field := range linked.Fields {
		columns := field.Left
		if s.view == "right_side" && len(field.Right) > 0 {
			columns = field.Right
		}
		if field.Kind != linkage.Date || len(columns) != 1 || !slices.Contains(s.columns, columns[0]) { // parts of a date are numbers
			continue
		}
		form, err := s.formOf(ctx, db, columns[0])
		if err != nil {
			return fmt.Errorf("column %s: %w", columns[0], err)
		}
		if layouts := dateLayouts[form]; layouts != "" {
			value := s.values[columns[0]]
			s.values[columns[0]] = fmt.Sprintf("coalesce(strftime(try_strptime(trim(%s), %s), '%%Y-%%m-%%d'), %[1]s)", value, layouts)
		}
	}
	return nil
}

// formOf is the form that most values of a column have. Real files hold some that are no date; they match nothing.
func (s *side) formOf(ctx context.Context, db *sql.DB, column string) (delimited.DateForm, error) {
	counts, all := map[delimited.DateForm]int64{}, int64(0)
	query := fmt.Sprintf("select cast(%s as varchar), count(*) from %s where %[1]s is not null group by 1", s.values[column], s.source)
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return "", withoutRow(err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		var count int64
		if err := rows.Scan(&text, &count); err != nil {
			return "", err
		}
		if text = strings.TrimSpace(text); text != "" {
			counts[delimited.FormOf(text)] += count
			all += count
		}
	}
	if err := rows.Err(); err != nil {
		return "", withoutRow(err)
	}
	asIs, dayFirst := counts[delimited.ISO]+counts[delimited.Compact], counts[delimited.DayFirst]
	switch {
	case asIs*2 >= all:
		return delimited.ISO, nil
	case dayFirst*2 >= all && counts[delimited.MonthFirst] == 0:
		return delimited.DayFirst, nil
	case counts[delimited.MonthName]*2 >= all:
		return delimited.MonthName, nil
	}
	forms := []delimited.DateForm{delimited.MonthFirst, delimited.TwoDigitYear, delimited.SerialNumber, delimited.NoDate, delimited.DayFirst}
	worst := slices.MaxFunc(forms, func(a, b delimited.DateForm) int { return cmp.Compare(counts[a], counts[b]) })
	return "", fmt.Errorf("%d of %d values are written as %s; write yyyy-mm-dd or dd/mm/yyyy", counts[worst], all, worst)
}
