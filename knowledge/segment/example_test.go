package segment_test

import (
	"fmt"

	"wenda/knowledge/segment"
)

func ExampleSegmenter_Cut() {
	seg, err := segment.New()
	if err != nil {
		panic(err)
	}
	t := seg.With([]string{"备用金", "随心借"}).Cut("隨心借一万二，分十二期，錢沒到??")
	fmt.Println(t.Normal)
	fmt.Println(t.Words)
	fmt.Println(t.Means)
	fmt.Println(t.Numbers())
	fmt.Println(t.Sounds())
	fmt.Println(t.Negated())
	// Output:
	// 随心借12000 分12期 钱没到
	// [随 心 借 12000 分 12 期 钱 没 到 备用金]
	// [备用金 钱没到]
	// [12000 12 months]
	// [sui xin jie fen qi qian mei dao]
	// true
}
