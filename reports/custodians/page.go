package custodians

import (
	_ "embed"
	"errors"
	"html/template"
	"os"
)

//go:embed page.html
var pageText string

// page writes the list as one HTML file that needs no other: it can be read by a screen reader, enlarged and printed.
func (w writer) page(l *list, path string) error {
	page, err := template.New("page").Parse(pageText)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	err = page.Execute(file, struct {
		*list
		AsAt string
	}{l, w.at(w.AsAt)})
	return errors.Join(err, file.Close())
}
