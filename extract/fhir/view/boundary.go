package view

import (
	"fmt"

	"careshare/extract/fhir/fhirpath"
)

func (c *compiler) fnLowBoundary(on value, _ []fhirpath.Expr, _ scope) value {
	return c.boundary(on, lowForms)
}

func (c *compiler) fnHighBoundary(on value, _ []fhirpath.Expr, _ scope) value {
	return c.boundary(on, highForms)
}

// boundaryForms write the first or last value that one of less precision may stand for, from its text (FHIRPath 2.0, lowBoundary
// and highBoundary): a decimal by half of its last digit, a date to the day, a time to the millisecond, and a date-time that
// says no offset over all that there are, from +14:00, where a day begins first, to -12:00, where it ends last.
type boundaryForms struct{ decimal, date, clock, hour, offset string }

var (
	half = `cast('0.' || repeat('0', coalesce(length(nullif(split_part(%[1]s, '.', 2), '')), 0)) || '5' as decimal(38,18)))`

	lowForms = boundaryForms{
		decimal: `(cast(%[1]s as decimal(38,18)) - ` + half,
		date:    `(case when length(%[1]s) in (4, 7) then %[1]s || substring('-01-01', length(%[1]s) - 3) else %[1]s end)`,
		clock:   `(%[1]s || case length(%[1]s) when 2 then ':00:00.000' when 5 then ':00.000' when 8 then '.000' else '' end)`,
		hour:    "'00'",
		offset:  "'+14:00'",
	}
	highForms = boundaryForms{
		decimal: `(cast(%[1]s as decimal(38,18)) + ` + half,
		date:    `(case when length(%[1]s) in (4, 7) then strftime(last_day(cast(%[1]s || substring('-12-01', length(%[1]s) - 3) as date)), '%%Y-%%m-%%d') else %[1]s end)`,
		clock:   `(%[1]s || case length(%[1]s) when 2 then ':59:59.999' when 5 then ':59.999' when 8 then '.999' else '' end)`,
		hour:    "'23'",
		offset:  "'-12:00'",
	}
)

func (c *compiler) boundary(v value, forms boundaryForms) value {
	if v.nothing() {
		return v
	}
	v = v.one()
	switch v.typ {
	case "decimal", "integer":
		if v.typ == "integer" {
			v.sql = "cast(" + v.sql + " as varchar)"
		}
		return value{sql: fmt.Sprintf(forms.decimal, v.sql), typ: "number"}
	case "date":
		return value{sql: fmt.Sprintf(forms.date, v.sql), typ: "date", whole: true}
	case "time":
		return value{sql: fmt.Sprintf(forms.clock, v.sql), typ: "time"}
	case "dateTime", "instant":
		return value{sql: forms.moment(v.sql), typ: "dateTime"}
	}
	return c.fail("a %s has no boundary", v.typ)
}

// moment cuts a date-time into its day, its time and its offset, and gives each its boundary.
func (f boundaryForms) moment(v string) string {
	day := fmt.Sprintf(f.date, fmt.Sprintf("split_part(%s, 'T', 1)", v))
	rest := fmt.Sprintf("split_part(%s, 'T', 2)", v)
	at := fmt.Sprintf(`nullif(regexp_extract(%s, '^[0-9:.]+'), '')`, rest)
	offset := fmt.Sprintf(`coalesce(nullif(regexp_extract(%s, '(Z|[+-][0-9]{2}:[0-9]{2})$'), ''), %s)`, rest, f.offset)
	whole := fmt.Sprintf(f.clock, f.hour) // a day without a time: from the first or to the last hour
	return fmt.Sprintf("(%s || 'T' || coalesce(%s, %s) || %s)", day, fmt.Sprintf(f.clock, at), whole, offset)
}
