package sessions

import (
	"reflect"
	"testing"
	"time"
)

// Whatever a session is made of counts when two of them are compared.
func TestSessionEqual(t *testing.T) {
	var same Session
	if !same.Equal(Session{}) {
		t.Fatal("nothing is not nothing")
	}
	for path, other := range altered(reflect.TypeFor[Session]()) {
		if s := other.Interface().(Session); s.Equal(Session{}) || (Session{}).Equal(s) || !s.Equal(s.Clone()) {
			t.Errorf("%s does not count", path)
		}
	}
}

// altered is a zero value of a struct for each of its fields, and theirs, in which that
// one is not zero.
func altered(of reflect.Type) map[string]reflect.Value {
	all := map[string]reflect.Value{}
	for i := range of.NumField() {
		field := of.Field(i)
		put := func(path string, v reflect.Value) {
			whole := reflect.New(of).Elem()
			whole.Field(i).Set(v)
			all[field.Name+path] = whole
		}
		if field.Type.Kind() == reflect.Struct && field.Type != reflect.TypeFor[time.Time]() {
			for path, v := range altered(field.Type) {
				put("."+path, v)
			}
			continue
		}
		put("", some(field.Type))
	}
	return all
}

// some is a value that is not zero.
func some(of reflect.Type) reflect.Value {
	v := reflect.New(of).Elem()
	switch of.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(of, 1, 1))
	case reflect.Struct:
		v.Set(reflect.ValueOf(time.Unix(1, 0)))
	case reflect.Pointer:
		v.Set(reflect.New(of.Elem()))
	}
	return v
}
