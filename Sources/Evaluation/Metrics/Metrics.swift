/// The figures that evaluation reports. Each is a pure function in a file of its own, with its formula and reference.
///
/// All of them compute in float64, whatever the model computed in.
package enum Metrics {}
