package linkage

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"text/template"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"careshare/sql"
)

// templates are the engine's SQL, by file name without its ending.
type templates struct{ *template.Template }

func readTemplates() (templates, error) {
	t, err := template.New("linkage").Funcs(template.FuncMap{
		"inc": func(i int) int { return i + 1 },
		"dec": func(i int) int { return i - 1 },
		"num": num,
		"nums": func(list []float64) string {
			texts := make([]string, len(list))
			for i, value := range list {
				texts[i] = num(value)
			}
			return "[" + strings.Join(texts, ", ") + "]"
		},
		"texts": func(list []string) string {
			texts := make([]string, len(list))
			for i, value := range list {
				texts[i] = sql.Quote(value)
			}
			return "[" + strings.Join(texts, ", ") + "]"
		},
		"quote":  sql.Quote,
		"column": func(name, ending string) string { return identifier(name + ending) },
	}).ParseFS(sql.Linkage, "linkage/*.sql")
	if err != nil {
		return templates{}, fmt.Errorf("read linkage: %w", err)
	}
	return templates{t}, nil
}

// num writes a number so that the engine reads the same one.
func num(value float64) string { return strconv.FormatFloat(value, 'e', -1, 64) + "::double" }

// run renders one step over data and carries it out.
func (e *engine) run(ctx context.Context, name string, data any) error {
	var text strings.Builder
	if err := e.templates.ExecuteTemplate(&text, name+".sql", data); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if _, err := e.db.ExecContext(ctx, text.String()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// install makes the engine's schema, macros and nicknames.
func (e *engine) install(ctx context.Context) error {
	if _, err := e.db.ExecContext(ctx, "create schema if not exists linkage; create or replace table linkage.nicknames (name varchar, root varchar, line integer, is_spelling boolean)"); err != nil {
		return err
	}
	for _, name := range []string{"normalise", "levels"} {
		if err := e.run(ctx, name, struct{ Mojibake []string }{mojibake()}); err != nil {
			return err
		}
	}
	variants, err := variants()
	if err != nil {
		return err
	}
	text, err := json.Marshal(variants)
	if err != nil {
		return err
	}
	_, err = e.db.ExecContext(ctx, `insert into linkage.nicknames
		select unnest(from_json(?, '[{"name": "varchar", "root": "varchar", "line": "integer", "is_spelling": "boolean"}]'), recursive := true)`, string(text))
	return err
}

// mojibake are the letters of Latin-1 and Latin Extended-A as Windows-1252 shows their UTF-8, each as `wrong=right`.
func mojibake() []string {
	var all []string
	for letter := 'À'; letter <= 'ſ'; letter++ {
		var wrong []rune
		for _, b := range []byte(string(letter)) {
			shown := charmap.Windows1252.DecodeByte(b)
			if shown == utf8.RuneError { // a byte without a letter stays a control character
				shown = rune(b)
			}
			wrong = append(wrong, shown)
		}
		all = append(all, string(wrong)+"="+string(letter))
	}
	return all
}

// variant is one form of a name.
type variant struct {
	Name       string `json:"name"`
	Root       string `json:"root"` // the first form of its line
	Line       int    `json:"line"`
	IsSpelling bool   `json:"is_spelling"` // every form of the line is the same name; otherwise each is short for the first
}

// variants are our own lists. Each line of a file is a name, then its other forms. A form may belong to several names.
func variants() ([]variant, error) {
	var all []variant
	line := 0
	for _, file := range []struct {
		name       string
		isSpelling bool
	}{{"nicknames", false}, {"short_forms", false}, {"spellings", true}, {"names", true}} {
		text, err := fs.ReadFile(sql.Linkage, "linkage/"+file.name+".csv")
		if err != nil {
			return nil, err
		}
		reader := csv.NewReader(strings.NewReader(string(text)))
		reader.FieldsPerRecord, reader.Comment = -1, '#'
		lines, err := reader.ReadAll()
		if err != nil {
			return nil, fmt.Errorf("%s.csv: %w", file.name, err)
		}
		for _, forms := range lines {
			line++
			for _, form := range forms {
				all = append(all, variant{strings.ToUpper(form), strings.ToUpper(forms[0]), line, file.isSpelling})
			}
		}
	}
	return all, nil
}

// columns are a relation's column names; none for no relation.
func (e *engine) columns(ctx context.Context, relation string) ([]string, error) {
	if relation == "" {
		return nil, nil
	}
	rows, err := e.db.QueryContext(ctx, "select * from "+relation+" limit 0")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return rows.Columns()
}
