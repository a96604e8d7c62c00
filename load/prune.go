package load

func (l *Lake) completePrune(*Log) ([]string, error) { return nil, nil }
