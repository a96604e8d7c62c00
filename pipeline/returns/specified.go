package returns

import (
	"fmt"
	"slices"
	"strconv"

	"careshare/pipeline/config"
	"careshare/sql"
)

// beyondSpecification says so where a return's year is none of those whose columns, codes and rules this version has
// (sql/returns/return_specifications.csv): it is then made as the nearest of them. Empty where it is one, or where a return has none by year.
func beyondSpecification(c config.Config, of config.Period) (string, error) {
	lists, err := sql.Lists(c.Ruleset())
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(lists, func(l sql.List) bool { return l.Name == "return_specifications" })
	if i < 0 {
		return "", nil
	}
	for _, line := range lists[i].Rows {
		if line[0] != of.Return {
			continue
		}
		first, errFirst := strconv.Atoi(line[1])
		last, errLast := strconv.Atoi(line[2])
		if errFirst != nil || errLast != nil {
			return "", fmt.Errorf("read %s: no year", lists[i].Name)
		}
		if of.Year < first || of.Year > last {
			return fmt.Sprintf("careshare has the specification of %d to %d: this return is made as of the nearest year", first, last), nil
		}
	}
	return "", nil
}
