package returns

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"careshare/extract/delimited"
)

// AlignDates rewrites the days of a file as it was submitted in the form that the same column has now: a spreadsheet that saves
// a file may write them otherwise. A day that can be read in two ways is an error that names file, column and form.
func AlignDates(submitted, now []FileRow) error {
	forms := map[[2]string]delimited.DateForm{}
	for place, texts := range textsByColumn(now) {
		form, wrong := delimited.CommonForm(slices.Values(texts))
		if wrong == "" && (form == delimited.DayFirst || form == delimited.ISO) {
			forms[place] = form
		}
	}
	return rewriteDates(submitted, func(part, heading string) delimited.DateForm { return forms[[2]string{part, heading}] })
}

// DatesDayFirst rewrites the days of the named columns as dd/mm/yyyy, the form of the looked-after children's files.
func DatesDayFirst(rows []FileRow, headings []string) error {
	return rewriteDates(rows, func(_, heading string) delimited.DateForm {
		if slices.Contains(headings, heading) {
			return delimited.DayFirst
		}
		return ""
	})
}

func textsByColumn(rows []FileRow) map[[2]string][]string {
	texts := map[[2]string][]string{}
	for _, r := range rows {
		for heading, value := range r.Fields {
			if text, isText := value.(string); isText {
				place := [2]string{r.Part, heading}
				texts[place] = append(texts[place], text)
			}
		}
	}
	return texts
}

// rewriteDates puts each day in the form that its column wants. Text that is no day stays: the comparison shows it.
func rewriteDates(rows []FileRow, wanted func(part, heading string) delimited.DateForm) error {
	layouts := map[delimited.DateForm]string{delimited.DayFirst: "02/01/2006", delimited.ISO: time.DateOnly}
	for _, r := range rows {
		for _, heading := range slices.Sorted(maps.Keys(r.Fields)) {
			text, isText := r.Fields[heading].(string)
			layout, isDate := layouts[wanted(r.Part, heading)]
			if !isText || !isDate {
				continue
			}
			form := delimited.FormOf(text)
			switch form {
			case delimited.NoDate:
				continue
			case delimited.MonthFirst, delimited.TwoDigitYear, delimited.SerialNumber:
				return fmt.Errorf("%s: column %s: %s is not a date format", r.Part, heading, form)
			}
			day, _ := form.Parse(text)
			r.Fields[heading] = day.Format(layout)
		}
	}
	return nil
}
