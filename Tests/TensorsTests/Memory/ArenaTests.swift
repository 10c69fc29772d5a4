import Tensors
import Testing

struct ArenaTests {
    @Test("What is given back is taken again, and the peak is remembered")
    func stack() {
        let arena = Arena(reservingBytes: 1 << 20)
        let first = arena.matrix(1, 16)
        first.fill(1)
        let mark = arena.mark()
        let second = arena.matrix(2, 16)
        second.fill(2)
        #expect(arena.usedBytes == 192)
        arena.release(to: mark)
        #expect(arena.usedBytes == 64 && arena.peakBytes == 192)
        arena.matrix(2, 16).fill(3)
        #expect(second[0, 0] == 3)
        #expect(first[0, 0] == 1)
    }

    @Test("Rows of one length lie where those before them lay, whatever other matrices come and go")
    func rowsKeepTheirPlace() {
        let arena = Arena(reservingBytes: 1 << 24)
        func addresses(_ rows: Int, _ columns: Int) -> [UnsafeMutablePointer<Float>?] {
            let matrix = arena.matrix(rows, columns)
            return [0, rows / 2, rows - 1].map { matrix.withRow($0) { $0.baseAddress } }
        }
        let mark = arena.mark()
        let wide = addresses(100, 64)
        let narrow = addresses(100, 8)
        arena.release(to: mark)
        #expect(addresses(100, 8) == narrow)
        #expect(addresses(90, 64).first == wide.first)
        #expect(addresses(100, 64) != wide)
        arena.release(to: mark)
        #expect(addresses(100, 64) == wide)
    }

    @Test("More row lengths than there are stacks share one")
    func manyRowLengths() {
        let arena = Arena(reservingBytes: 1 << 24)
        let mark = arena.mark()
        let matrices = (1...100).map { arena.matrix(20, $0) }
        for (index, matrix) in matrices.enumerated() { matrix.fill(Float(index)) }
        for (index, matrix) in matrices.enumerated() { #expect(matrix.values.allSatisfy { $0 == Float(index) }) }
        arena.release(to: mark)
        #expect(arena.usedBytes == 0)
        #expect(arena.peakBytes == (1...100).reduce(0) { $0 + (20 * $1 * 4 + 63) / 64 * 64 })
    }

    @Test("Every matrix starts at a multiple of 64 bytes, whatever stands before it")
    func alignment() {
        let arena = Arena(reservingBytes: 1 << 20)
        for columns in [1, 3, 17, 16, 5] {
            let matrix = arena.matrix(1, columns)
            matrix.withRow(0) { row in
                #expect(Int(bitPattern: row.baseAddress) % 64 == 0)
            }
        }
    }

    @Test("A reservation far beyond the machine's memory takes none until it is touched")
    func lazy() {
        // So much for each row length; ThreadSanitizer leaves a process a few TiB of addresses.
        let arena = Arena(reservingBytes: 1 << 36)
        let matrix = arena.matrix(1 << 20, 1 << 10)
        matrix[(1 << 20) - 1, 0] = 5
        #expect(matrix[(1 << 20) - 1, 0] == 5)
    }

    #if DEBUG
        @Test("In debug builds what is given back reads as NaN in either dtype, and what was taken before stays")
        func poison() {
            let arena = Arena(reservingBytes: 1 << 20)
            let taken = arena.matrix(3, 16)
            taken.fill(7)
            let mark = arena.mark()
            let (released, narrow, row) = (arena.matrix(3, 16), arena.matrix(4, 6, .bfloat16), arena.matrix(1, 5))
            for matrix in [released, row] { matrix.fill(1) }
            narrow.clear()
            arena.release(to: mark)
            for matrix in [released, narrow, row] {
                #expect(matrix.values.count == matrix.rows * matrix.columns)
                #expect(matrix.values.allSatisfy { $0.isNaN })
            }
            #expect(released[0, 0].isSignalingNaN)
            #expect(taken.values.allSatisfy { $0 == 7 })
            // What is taken again holds the poison until it is written.
            #expect(arena.matrix(3, 16).values.allSatisfy { $0.isNaN })
        }
    #endif
}
