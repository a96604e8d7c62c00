package reports

import (
	"fmt"
	"slices"

	"github.com/xuri/excelize/v2"
)

// ReadWorkbook gives every row of a workbook's tables to each, sheet by sheet, with its line; the sheets that say only what
// the workbook is, or what the agreement says, are left out.
func ReadWorkbook(path string, each func(sheet string, line int, cells []string) error) error {
	file, err := excelize.OpenFile(path)
	if err != nil {
		return fmt.Errorf("read workbook: %w", err)
	}
	defer file.Close()
	for _, sheet := range file.GetSheetList() {
		if slices.Contains([]string{"cover", "contents", "notes", "exemptions"}, sheet) {
			continue
		}
		if err := readSheet(file, sheet, each); err != nil {
			return err
		}
	}
	return nil
}

func readSheet(file *excelize.File, sheet string, each func(sheet string, line int, cells []string) error) error {
	rows, err := file.Rows(sheet)
	if err != nil {
		return fmt.Errorf("read sheet %s: %w", sheet, err)
	}
	defer rows.Close()
	for line := 1; rows.Next(); line++ {
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return fmt.Errorf("read sheet %s: %w", sheet, err)
		}
		if err := each(sheet, line, cells); err != nil {
			return err
		}
	}
	return rows.Error()
}
