package web
import "testing"
func TestSmoke(t *testing.T){ s,err:=New(Options{}); if err!=nil{t.Fatal(err)}; for u,a:=range s.assets{t.Log(u,len(a.plain),len(a.zipped))} }
