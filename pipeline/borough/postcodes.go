package borough

import (
	_ "embed"
	"encoding/csv"
	"strings"
)

// postcodesCSV are real postcodes, because the returns are checked against the national directory: homes in Hackney, carers
// there and elsewhere in England. Contains OS data (Crown copyright) and Royal Mail data, Open Government Licence v3.0.
//
//go:embed postcodes.csv
var postcodesCSV string

// place is one postcode of the national directory.
type place struct{ postcode, authority, easting, northing string }

// hackney is the ONS code of the council whose postcodes the demo's children come from.
const hackney = "E09000012"

// places are the directory's postcodes for a use: home or carer.
func places(use string) []place {
	lines, err := csv.NewReader(strings.NewReader(postcodesCSV)).ReadAll()
	if err != nil {
		panic(err) // embedded: it cannot be broken
	}
	var found []place
	for _, line := range lines[1:] {
		if line[0] == use {
			found = append(found, place{line[1], line[2], line[3], line[4]})
		}
	}
	return found
}
