package views

import (
	"slices"

	"careshare/extract/fhir"
	"careshare/pipeline/config"
	"careshare/transform"
)

// NeededViews are the shipped views whose tables a model reads: the run keeps the least, so it reads no others.
func NeededViews(c config.Config, models transform.Models) ([]fhir.View, error) {
	views, err := ReadViews(c.Ruleset())
	if err != nil {
		return nil, err
	}
	read := map[string]bool{}
	for _, model := range models.Needed() {
		for _, name := range model.Reads {
			read[name] = true
		}
	}
	return slices.DeleteFunc(views, func(v fhir.View) bool { return !read["health."+v.Name] }), nil
}
